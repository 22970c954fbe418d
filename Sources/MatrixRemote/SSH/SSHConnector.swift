import Glibc
public import MatrixCore

/// Connects to hosts with the OpenSSH client, one connection per host.
public struct SSHConnector: Connector {
    let controlDirectory: String
    private let keyExchange: KeyExchange
    private let authenticationPatience: Duration
    let attemptLimit: Duration

    /// - Parameter controlDirectory: a folder for the connections' sockets; made with mode 0700.
    public init(controlDirectory: String, keyExchange: KeyExchange = .standard) {
        self.init(controlDirectory: controlDirectory, keyExchange: keyExchange, authenticationPatience: .seconds(90))
    }

    init(
        controlDirectory: String, keyExchange: KeyExchange = .standard, authenticationPatience: Duration,
        attemptLimit: Duration = .seconds(30)
    ) {
        self.controlDirectory = controlDirectory
        self.keyExchange = keyExchange
        self.authenticationPatience = authenticationPatience
        self.attemptLimit = attemptLimit
    }

    /// Removes the folder in `/tmp` that holds a run's sockets if the path of the run's folder is too long for them.
    public static func removeShortFolder(for controlDirectory: String) { ControlDirectory.removeShort(for: controlDirectory) }

    public func connect(to endpoint: Endpoint, waiting: @escaping @Sendable (String) -> Void) async throws -> any Transport {
        let endpoint = try endpoint.checked()
        guard endpoint.keyFile.isEmpty || access(endpoint.keyFile, R_OK) == 0 else {
            throw InfrastructureError(
                "connecting to \(endpoint.alias)", why: "the private key \(endpoint.keyFile) cannot be read",
                next: "the run's folder may have been removed: destroy the cell and create it again", type: .sshKey, isTransient: false)
        }
        try await endpoint.enroll()
        let directory = try ControlDirectory(controlDirectory)
        let master = try await master(of: endpoint, in: directory, waiting: waiting)
        do {
            let facts = try await Greeting.facts(over: SSHTransport(master), alias: endpoint.alias, waiting: waiting)
            return SSHTransport(master, facts: facts)
        } catch {
            await master.close()
            throw error
        }
    }

    private func master(of endpoint: Endpoint, in directory: ControlDirectory, waiting: @Sendable (String) -> Void) async throws
        -> SSHMaster
    {
        let configuration = SSHConfiguration(for: endpoint)
        let exchange = await keyExchange.option(for: endpoint)
        let patience = LoginPatience(authentication: authenticationPatience, clock: ContinuousClock())
        return try await patience.login(waiting: waiting) {
            let line = SSHCommandLine(
                endpoint: endpoint, socket: directory.newSocket(for: endpoint.alias),
                configuration: configuration.isPasteable ? configuration.path : nil, exchange: exchange)
            let master = SSHMaster(line)
            let host = "\(endpoint.alias) (\(endpoint.user)@\(endpoint.address):\(endpoint.port))"
            guard let complaint = try await master.open(within: attemptLimit) else {
                CommandLog.note("connected to \(host)")
                return .open(master)
            }
            CommandLog.note("no connection to \(host): \(master.lines.joined(separator: "; "))")
            return .refused(complaint, Self.failure(complaint, master))
        }
    }

    static func failure(_ complaint: SSHComplaint, _ master: SSHMaster) -> InfrastructureError {
        let endpoint = master.commandLine.endpoint
        if complaint.kind == .hostKey {
            return InfrastructureError(
                "connecting to \(endpoint.alias)",
                why: "its host key is not the one that \(endpoint.knownHostsFile) holds for it: another machine answers",
                next: "check what is at \(endpoint.address):\(endpoint.port); if it was rebuilt, destroy the cell and create it again",
                type: .sshHostKey, isTransient: false, command: master.failure)
        }
        let usesDefaults = endpoint.keyFile.isEmpty
        return InfrastructureError(
            "logging in to \(endpoint.alias) as \(endpoint.user)",
            why: usesDefaults
                ? "the host refuses the keys of your SSH agent and of ~/.ssh" : "the host refuses the key \(endpoint.keyFile)",
            next: usesDefaults
                ? "try: \(endpoint.loginCommand)"
                : "check that the image makes the account \(endpoint.user) with this run's public key",
            type: .sshAuthentication, isTransient: false, command: master.failure)
    }
}
