import MatrixCore
import Synchronization

/// A host of which only forwards are asked: each leads to a port of this machine, as `ssh -L` leads it.
final class ForwardingTransport: Transport {
    private let forwarders = Mutex<[TCPForwarder]>([])
    private let asked = Mutex<[String]>([])
    private let server: Int?
    private let isRefusing: Bool
    private let allowed: Int?
    private let relayed: Int?
    private let isGone: Bool
    private let pause: Duration

    /// - Parameters:
    ///   - server: the port here to which all forwards lead, for any target.
    ///   - isRefusing: whether this host refuses forwards.
    ///   - allowed: the only port of a target to which it does not refuse them: `PermitOpen`.
    ///   - relayed: the port here to which relays lead; nil if this host can relay nothing.
    ///   - isGone: whether its connection is lost.
    ///   - pause: for how long nothing comes over it.
    init(
        to server: Int? = nil, isRefusing: Bool = false, allowed: Int? = nil, relayed: Int? = nil, isGone: Bool = false,
        pause: Duration = .zero
    ) {
        self.server = server
        self.isRefusing = isRefusing
        self.allowed = allowed
        self.relayed = relayed
        self.isGone = isGone
        self.pause = pause
    }

    /// The targets of the forwards.
    var targets: [String] { asked.withLock { $0 } }

    var forwardCount: Int { forwarders.withLock { $0.count } }

    func run(_ command: Command, onLine: @Sendable (OutputLine) async -> Void) async throws -> CommandResult {
        try await Task.sleep(for: pause)
        if command.arguments == ["true"], !isGone { return CommandResult(exitStatus: 0) }
        throw InfrastructureError("no command", why: "this host only forwards", isTransient: false)
    }

    func upload(_ local: String, to remote: String) async throws {}
    func download(_ remote: String, to local: String) async throws {}

    func forward(to host: String, port: Int) async throws -> Int {
        asked.withLock { $0.append("\(host) \(port)") }
        let forwarder =
            if let server, port != allowed {
                try await TCPForwarder(to: "127.0.0.1", port: server)
            } else {
                try await TCPForwarder(to: host, port: port)
            }
        forwarders.withLock { $0.append(forwarder) }
        return forwarder.port
    }

    func refusesForwards(to host: String, port: Int) async -> Bool { isRefusing && port != allowed }

    func relay(to host: String, port: Int) async throws -> Relay {
        guard let relayed else { throw Relay.missing(to: host, port: port) }
        asked.withLock { $0.append("relay \(host) \(port)") }
        let forwarder = try await TCPForwarder(to: "127.0.0.1", port: relayed)
        forwarders.withLock { $0.append(forwarder) }
        return Relay(port: forwarder.port, program: "socat")
    }

    func commandLine(for command: Command) -> String { "ssh host \(ShellQuoting.quote(command.display))" }

    func close() async { forwarders.withLock { $0.removeAll() } }
}
