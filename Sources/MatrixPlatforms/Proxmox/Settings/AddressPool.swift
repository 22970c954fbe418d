/// A range of IPv4 addresses for machines, with their network.
struct AddressPool: Sendable, Hashable {
    private var first: UInt32
    private var last: UInt32
    /// The length of the network's prefix.
    var prefix: Int
    var gateway: String?

    /// Reads `192.168.101.90-192.168.101.99/24` or, shorter, `192.168.101.90-99/24`; nil if it is invalid, runs backwards or leaves its
    /// network.
    init?(_ text: String, gateway: String? = nil) {
        guard let match = text.wholeMatch(of: /([0-9.]+)-([0-9.]+)\/([0-9]{1,2})/), let prefix = Int(match.output.3),
            (1...31).contains(prefix)
        else { return nil }
        let end = match.output.2.contains(".") ? match.output.2 : Self.completed(match.output.2, match.output.1)
        guard let first = Self.number(match.output.1), let last = Self.number(end), first <= last else { return nil }
        let mask = UInt32.max << UInt32(32 - prefix)
        guard first & mask == last & mask, last - first < 65536 else { return nil }
        if let gateway, Self.number(Substring(gateway)) == nil { return nil }
        self.first = first
        self.last = last
        self.prefix = prefix
        self.gateway = gateway
    }

    /// All addresses, in order.
    var all: [String] { (first...last).map(Self.text) }

    private static func number(_ text: Substring) -> UInt32? {
        let parts = text.split(separator: ".", omittingEmptySubsequences: false).map { UInt8($0) }
        guard parts.count == 4 else { return nil }
        return parts.reduce(into: UInt32?(0)) { sum, part in
            guard let part, let value = sum else {
                sum = nil
                return
            }
            sum = value << 8 | UInt32(part)
        }
    }

    /// The last number of an address, with the others of another address before it.
    private static func completed(_ last: Substring, _ address: Substring) -> Substring {
        "\(address.split(separator: ".", omittingEmptySubsequences: false).dropLast().joined(separator: ".")).\(last)"
    }

    private static func text(_ number: UInt32) -> String {
        [24, 16, 8, 0].map { "\(number >> $0 & 0xff)" }.joined(separator: ".")
    }
}
