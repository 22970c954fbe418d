internal import MatrixCore

/// Runs commands over a line.
struct LineTransport: Transport {
    let transport: any Transport
    let line: OutsideLine

    var facts: HostFacts? { transport.facts }
    var isOpen: Bool { transport.isOpen }

    /// Words of commands that only ask: of Podman, of a node's tools, and the verbs of a `command` platform.
    private static let questions: Set<String> = [
        "apt-config", "cat", "find", "get", "info", "inspect", "list", "ls", "preflight", "price", "ps", "ready", "true", "version",
        "--version",
    ]

    func run(_ command: Command, onLine: @Sendable (OutputLine) async -> Void) async throws -> CommandResult {
        try await line.call(changes: Self.questions.isDisjoint(with: command.arguments)) {
            CommandResult(exitStatus: 0, standardOutput: Array($0.utf8))
        } lost: {
            InfrastructureError(command.arguments.first ?? "a command", why: "its end was not seen")
        } _: {
            try await transport.run(command, onLine: onLine)
        }
    }

    func upload(_ local: String, to remote: String) async throws {
        try line.requireLife()
        try await transport.upload(local, to: remote)
    }

    func download(_ remote: String, to local: String) async throws {
        try line.requireLife()
        try await transport.download(remote, to: local)
    }

    func forward(to host: String, port: Int) async throws -> Int {
        try line.requireLife()
        return try await transport.forward(to: host, port: port)
    }

    func refusesForwards(to host: String, port: Int) async -> Bool { await transport.refusesForwards(to: host, port: port) }

    func relay(to host: String, port: Int) async throws -> Relay {
        try line.requireLife()
        return try await transport.relay(to: host, port: port)
    }

    func commandLine(for command: Command) -> String { transport.commandLine(for: command) }
    func close() async { await transport.close() }
}

/// Connects to hosts over a line.
struct LineConnector: Connector {
    let connector: any Connector
    let line: OutsideLine

    func connect(to endpoint: Endpoint, waiting: @escaping @Sendable (String) -> Void) async throws -> any Transport {
        try line.requireLife()
        return LineTransport(transport: try await connector.connect(to: endpoint, waiting: waiting), line: line)
    }
}
