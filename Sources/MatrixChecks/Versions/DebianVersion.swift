/// A version as dpkg reads it: `[epoch:]upstream[-revision]` (deb-version(7)).
struct DebianVersion: Sendable, Hashable {
    let epoch: Int
    let upstream: [UInt8]
    let revision: [UInt8]

    init(_ text: String) {
        var rest = Array(text.utf8)[...]
        var epoch = 0
        if let colon = rest.firstIndex(of: UInt8(ascii: ":")), let number = Int(String(decoding: rest[..<colon], as: UTF8.self)) {
            epoch = number
            rest = rest[(colon + 1)...]
        }
        let dash = rest.lastIndex(of: UInt8(ascii: "-"))
        self.epoch = epoch
        upstream = Array(rest[..<(dash ?? rest.endIndex)])
        revision = dash.map { Array(rest[($0 + 1)...]) } ?? []
    }

    func compare(to other: DebianVersion) -> Int {
        if epoch != other.epoch { return epoch < other.epoch ? -1 : 1 }
        let byUpstream = Self.compare(upstream, other.upstream)
        return byUpstream != 0 ? byUpstream : Self.compare(revision, other.revision)
    }

    /// Runs of other characters and runs of digits in turn, as dpkg's `verrevcmp` does.
    private static func compare(_ left: [UInt8], _ right: [UInt8]) -> Int {
        var left = left[...]
        var right = right[...]
        while !left.isEmpty || !right.isEmpty {
            while left.first.map({ !isDigit($0) }) ?? false || right.first.map({ !isDigit($0) }) ?? false {
                let difference = order(left.first) - order(right.first)
                if difference != 0 { return difference }
                left = left.dropFirst()
                right = right.dropFirst()
            }
            let difference = Digits.compare(Digits.take(from: &left), Digits.take(from: &right))
            if difference != 0 { return difference }
        }
        return 0
    }

    /// `~` sorts before the end, the end before letters, letters before all else.
    private static func order(_ byte: UInt8?) -> Int {
        guard let byte, !isDigit(byte) else { return 0 }
        if byte == UInt8(ascii: "~") { return -1 }
        return Digits.isLetter(byte) ? Int(byte) : Int(byte) + 256
    }

    private static func isDigit(_ byte: UInt8) -> Bool { Digits.isDigit(byte) }
}
