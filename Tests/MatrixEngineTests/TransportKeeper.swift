import MatrixCore
import MatrixTesting

/// Connects with scripted transports and remembers them.
struct TransportKeeper: Connector {
    let transports: Transports

    func connect(to endpoint: Endpoint, waiting: @escaping @Sendable (String) -> Void) async throws -> any Transport {
        let transport = ScriptedTransport()
        await transports.add(transport)
        return transport
    }
}

/// All transports of a test.
actor Transports {
    private(set) var all: [ScriptedTransport] = []

    func add(_ transport: ScriptedTransport) { all.append(transport) }
}
