/// A version as rpm reads it: `[epoch:]version[-release]`, a missing epoch being zero.
struct RPMVersion: Sendable, Hashable {
    let epoch: Int
    let version: String
    /// Nil if none is written; then it is not compared, as in rpm's dependencies.
    let release: String?

    init(_ text: String) {
        var rest = text[...]
        var epoch = 0
        if let colon = rest.firstIndex(of: ":"), let number = Int(rest[..<colon]) {
            epoch = number
            rest = rest[rest.index(after: colon)...]
        }
        self.epoch = epoch
        guard let dash = rest.lastIndex(of: "-") else {
            version = String(rest)
            release = nil
            return
        }
        version = String(rest[..<dash])
        release = String(rest[rest.index(after: dash)...])
    }

    func compare(to other: RPMVersion) -> Int {
        if epoch != other.epoch { return epoch < other.epoch ? -1 : 1 }
        let byVersion = Self.compare(version, other.version)
        guard byVersion == 0, let release, let otherRelease = other.release else { return byVersion }
        return Self.compare(release, otherRelease)
    }

    /// `rpmvercmp`: segments of digits or letters; `~` sorts before everything, `^` after the end and before any more.
    static func compare(_ left: String, _ right: String) -> Int {
        if left == right { return 0 }
        var left = Array(left.utf8)[...]
        var right = Array(right.utf8)[...]
        while !left.isEmpty || !right.isEmpty {
            left = left.drop { !isSignificant($0) }
            right = right.drop { !isSignificant($0) }
            if let marked = compareMarks(&left, &right) {
                if marked == 0 { continue }
                return marked
            }
            guard !left.isEmpty, !right.isEmpty else { break }
            let difference = compareSegments(&left, &right)
            if difference != 0 { return difference }
        }
        return left.isEmpty && right.isEmpty ? 0 : left.isEmpty ? -1 : 1
    }

    /// Nil if neither side is at a `~` or `^`; zero if both were at the same one, which is then consumed.
    private static func compareMarks(_ left: inout ArraySlice<UInt8>, _ right: inout ArraySlice<UInt8>) -> Int? {
        let tilde = UInt8(ascii: "~")
        let caret = UInt8(ascii: "^")
        if left.first == tilde || right.first == tilde {
            guard left.first == tilde else { return 1 }
            guard right.first == tilde else { return -1 }
        } else if left.first == caret || right.first == caret {
            if left.isEmpty { return -1 }
            if right.isEmpty { return 1 }
            guard left.first == caret else { return 1 }
            guard right.first == caret else { return -1 }
        } else {
            return nil
        }
        left = left.dropFirst()
        right = right.dropFirst()
        return 0
    }

    private static func compareSegments(_ left: inout ArraySlice<UInt8>, _ right: inout ArraySlice<UInt8>) -> Int {
        let numeric = left.first.map(Digits.isDigit) ?? false
        let belongs = numeric ? Digits.isDigit : Digits.isLetter
        let leftSegment = left.prefix(while: belongs)
        let rightSegment = right.prefix(while: belongs)
        left = left.dropFirst(leftSegment.count)
        right = right.dropFirst(rightSegment.count)
        // Numbers are newer than letters.
        guard !rightSegment.isEmpty else { return numeric ? 1 : -1 }
        if numeric { return Digits.compare(leftSegment, rightSegment) }
        if leftSegment.elementsEqual(rightSegment) { return 0 }
        return leftSegment.lexicographicallyPrecedes(rightSegment) ? -1 : 1
    }

    private static func isSignificant(_ byte: UInt8) -> Bool {
        Digits.isDigit(byte) || Digits.isLetter(byte) || byte == UInt8(ascii: "~") || byte == UInt8(ascii: "^")
    }
}
