import MatrixCore
import Synchronization

/// Gives everybody the same transport, and counts.
final class FixedConnector: Connector {
    private let transport: any Transport
    private let count = Mutex(0)

    init(_ transport: any Transport) {
        self.transport = transport
    }

    var connections: Int { count.withLock { $0 } }

    func connect(to endpoint: Endpoint, waiting: @escaping @Sendable (String) -> Void) async throws -> any Transport {
        count.withLock { $0 += 1 }
        return transport
    }
}
