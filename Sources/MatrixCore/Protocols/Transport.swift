/// Runs commands and moves files, on one host or on the runner itself.
public protocol Transport: Sendable {
    /// Runs a command to its end and streams its lines while it runs.
    ///
    /// An exit status other than zero is a result, not an error.
    /// - Throws: `InfrastructureError` if the command could not be run or its end was not seen (connection lost, timeout);
    ///   `CancellationError` after the command was ended.
    func run(_ command: Command, onLine: @Sendable (OutputLine) async -> Void) async throws -> CommandResult
    /// Copies a file to the host, with its mode.
    func upload(_ local: String, to remote: String) async throws
    /// Copies a file or folder from the host.
    func download(_ remote: String, to local: String) async throws
    /// Forwards a port to `host:port` as this host sees it; the port on 127.0.0.1 stays open until `close`.
    func forward(to host: String, port: Int) async throws -> Int
    /// Whether the host refuses to forward connections to `host:port`, and would reach it. A forward opens even then, but a connection
    /// to it is closed at once.
    func refusesForwards(to host: String, port: Int) async -> Bool
    /// As ``forward(to:port:)``, for a host that refuses forwards: a program of the host carries each connection.
    ///
    /// - Throws: `InfrastructureError` if the host has no such program.
    func relay(to host: String, port: Int) async throws -> Relay
    /// The command line with which a person runs this command as this transport does.
    func commandLine(for command: Command) -> String
    /// What the host said of itself when the connection was opened; nil if nobody asked it.
    var facts: HostFacts? { get }
    /// Whether the connection still stands, as far as this machine knows.
    var isOpen: Bool { get }
    /// Ends the connection and all forwards.
    func close() async
}

extension Transport {
    public var facts: HostFacts? { nil }
    public var isOpen: Bool { true }

    public func refusesForwards(to host: String, port: Int) async -> Bool { false }

    public func relay(to host: String, port: Int) async throws -> Relay { throw Relay.missing(to: host, port: port) }

    /// Runs a command without a listener for its lines.
    public func run(_ command: Command) async throws -> CommandResult {
        try await run(command) { _ in }
    }

    /// Runs a command that must succeed.
    /// - Throws: `InfrastructureError` with the command to paste if its exit status is not zero.
    @discardableResult
    public func require(_ command: Command, _ what: String, next: String? = nil, isTransient: Bool = false) async throws -> CommandResult {
        let result = try await run(command)
        guard result.succeeded else {
            let failure = failure(of: command, result)
            throw InfrastructureError(what, why: failure.lastLine, next: next, isTransient: isTransient, command: failure)
        }
        return result
    }

    /// The record of a command that failed.
    public func failure(of command: Command, _ result: CommandResult) -> CommandFailure {
        // Redact before cutting: the last lines of a secret of several lines are not recognised.
        let output = Redactor.current.redact(PlainText.clean(result.standardOutput + result.standardError))
        let tail = output.split(whereSeparator: \.isNewline).suffix(15)
        let status = result.exitStatus
        return CommandFailure(
            commandLine: commandLine(for: command), outcome: CommandFailure.outcome(of: status), exitStatus: status,
            outputTail: tail.joined(separator: "\n"))
    }
}

/// A port on 127.0.0.1 that leads to a port of a host, by a program there.
public struct Relay: Sendable, Hashable {
    public var port: Int
    /// The program on the host: `python3`.
    public var program: String

    public init(port: Int, program: String) {
        self.port = port
        self.program = program
    }

    /// What to say of a host that refuses forwards and can relay nothing.
    ///
    /// - Parameter why: more of the reason.
    public static func missing(to host: String, port: Int, _ why: String = "") -> InfrastructureError {
        InfrastructureError(
            "forwarding to \(host):\(port)",
            why: "the host's sshd refuses forwards (AllowTcpForwarding, PermitOpen or DisableForwarding in its sshd_config)\(why)",
            next: "allow them there, or ask on the host itself: command: curl …", type: .sshForward, isTransient: false)
    }
}

/// Opens connections to hosts.
public protocol Connector: Sendable {
    /// Waits for the host to answer (TCP, then SSH authentication) until the deadline of the surrounding task, and connects.
    ///
    /// - Parameter waiting: told the reason for each wait, such as `connection refused`.
    /// - Throws: `InfrastructureError`; a changed host key is not transient.
    func connect(to endpoint: Endpoint, waiting: @escaping @Sendable (String) -> Void) async throws -> any Transport
}
