import MatrixCore

/// Runs commands on the node over one SSH connection. It is opened on first use, and again after it was lost.
actor NodeShell {
    private let connector: any Connector
    private let endpoint: Endpoint
    /// The account that may use the tools: root, by sudo if another account logs in.
    private let user: String?
    private var connection: Task<any Transport, any Error>?

    init(_ settings: ProxmoxSettings.Shell, connector: any Connector) {
        self.connector = connector
        endpoint = Endpoint(
            address: settings.host, port: settings.port, user: settings.user, keyFile: settings.key, knownHostsFile: settings.knownHosts,
            alias: settings.host, furtherOptions: [])
        user = settings.sudo ? "root" : nil
    }

    /// Runs a command as root. The caller judges its exit status.
    func run(_ command: Command) async throws -> CommandResult {
        var command = command
        command.user = user
        let transport = try await self.transport()
        do {
            return try await transport.run(command)
        } catch let error as InfrastructureError {
            await drop()
            throw error
        }
    }

    /// Runs a command that must succeed.
    func require(_ command: Command, _ what: String) async throws {
        let result = try await run(command)
        guard result.succeeded else {
            let failure = try await transport().failure(of: command, result)
            throw InfrastructureError(what, why: failure.lastLine, type: .proxmoxTool, isTransient: false, command: failure)
        }
    }

    /// The path of a volume that is a file, if it exists or not.
    func path(of volume: String) async throws -> String {
        let command = Command(["pvesm", "path", volume], timeout: .seconds(60))
        let result = try await run(command)
        let path = result.output.stripped
        guard result.succeeded, path.hasPrefix("/") else {
            let failure = try await transport().failure(of: command, result)
            throw InfrastructureError("finding \(volume)", why: failure.lastLine, type: .proxmoxTool, isTransient: false, command: failure)
        }
        return path
    }

    /// Copies a file to the node.
    func upload(_ local: String, to remote: String) async throws { try await transport().upload(local, to: remote) }

    /// Ends the connection.
    func close() async { await drop() }

    private func drop() async {
        let open = connection
        connection = nil
        if let transport = try? await open?.value { await transport.close() }
    }

    private func transport() async throws -> any Transport {
        let opening = connection ?? Task { [connector, endpoint] in try await Self.connect(connector, endpoint) }
        connection = opening
        do {
            return try await opening.value
        } catch {
            connection = nil
            throw error
        }
    }

    private static func connect(_ connector: any Connector, _ endpoint: Endpoint) async throws -> any Transport {
        do {
            return try await withDeadline(.seconds(30)) { try await connector.connect(to: endpoint) { _ in } }
        } catch let error as DeadlineExceeded {
            throw InfrastructureError(
                "connecting to the node \(endpoint.alias) by SSH", why: error.description,
                next: "try: ssh -p \(endpoint.port) \(endpoint.user)@\(endpoint.address)", type: .proxmoxSsh)
        }
    }
}
