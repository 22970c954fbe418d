/// The addresses of a cell: the same for every cell, as no two cells share a network.
struct GuestSubnet: Sendable, Hashable {
    /// The first three bytes, such as `10.77.0`.
    var prefix = "10.77.0"

    /// Where the hosts' addresses begin.
    private static let first = 11
    /// How many hosts a cell can have.
    static let mostHosts = 240

    init() {}

    /// Reads `10.77.0.0/24`; nil if it is not a private network of that size.
    init?(_ text: String) {
        guard let match = text.wholeMatch(of: /((?:[0-9]{1,3}\.){2}[0-9]{1,3})\.0\/24/) else { return nil }
        let bytes = match.output.1.split(separator: ".").compactMap { UInt8($0) }
        guard bytes.count == 3 else { return nil }
        let isPrivate = bytes[0] == 10 || bytes[0] == 192 && bytes[1] == 168 || bytes[0] == 172 && (16...31).contains(bytes[1])
        guard isPrivate else { return nil }
        prefix = bytes.map { "\($0)" }.joined(separator: ".")
    }

    var text: String { "\(prefix).0/24" }
    /// The way to the world. From a host it is also the loopback of the machine that runs `matrix`.
    var gateway: String { "\(prefix).2" }
    /// Passes questions on to the resolvers of the machine that runs `matrix`.
    var resolver: String { "\(prefix).3" }

    /// The address of a cell's host, by its place in the cell.
    func address(of index: Int) -> String { "\(prefix).\(Self.first + index)" }
}
