/// Where the frames of a cell's network go: to the port that has shown the address, or to all others.
///
/// QEMU's own hub sends every frame to every port, and its user network answers what is not for it: a connection between two guests
/// would be reset.
struct SwitchedFrames: Sendable {
    typealias Port = Int32

    /// What no Ethernet frame exceeds, with the largest that QEMU makes of several (64 KiB and headers).
    static let mostBytes = 1 << 17
    /// How many addresses are remembered: more would be an attack on the memory.
    private static let mostAddresses = 4096
    private static let headerBytes = 14

    private var places: [UInt64: Port] = [:]

    /// The ports that get a frame.
    ///
    /// - Parameters:
    ///   - frame: with its header.
    ///   - ports: all of them, with the sender's.
    mutating func targets(of frame: ArraySlice<UInt8>, from sender: Port, among ports: some Sequence<Port>) -> [Port] {
        guard frame.count >= Self.headerBytes else { return [] }
        let destination = Self.address(frame.prefix(6))
        let source = Self.address(frame.dropFirst(6).prefix(6))
        // The lowest bit of the first byte marks groups, which send nothing.
        if source >> 40 & 1 == 0, places[source] != nil || places.count < Self.mostAddresses { places[source] = sender }
        if destination >> 40 & 1 == 0, let port = places[destination] { return port == sender ? [] : [port] }
        return ports.filter { $0 != sender }
    }

    /// Forgets what a port has shown, as it is closed.
    mutating func forget(_ port: Port) { places = places.filter { $0.value != port } }

    private static func address(_ bytes: ArraySlice<UInt8>) -> UInt64 { bytes.reduce(0) { $0 << 8 | UInt64($1) } }
}
