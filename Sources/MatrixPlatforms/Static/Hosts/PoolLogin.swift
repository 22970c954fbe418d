internal import FoundationEssentials
internal import MatrixCore
import MatrixRemote
internal import Synchronization

/// Logs in to a pool's hosts as their owner does: with the key of the settings, or with those that OpenSSH finds.
struct PoolLogin: Sendable {
    let pool: String
    let settings: StaticSettings
    let context: PlatformContext
    let connector: any Connector

    /// The host keys that are known before the first connection: from the settings, or from their known_hosts file.
    ///
    /// - Returns: empty if the run is to trust the first key that it sees.
    /// - Throws: `InfrastructureError` if the file does not name the host.
    func knownKeys(of machine: PoolMachine) async throws -> [String] {
        if !machine.hostKeys.isEmpty { return machine.hostKeys }
        guard let file = settings.knownHosts else { return [] }
        let name = machine.port == 22 ? machine.address : "[\(machine.address)]:\(machine.port)"
        // Names in the file may be hashed.
        let result = try await context.runner.run(Command(["ssh-keygen", "-F", name, "-f", file], timeout: .seconds(30)))
        let keys = Self.keys(of: result.output.split(separator: "\n").filter { !$0.hasPrefix("#") && !$0.hasPrefix("@") })
        guard keys.isEmpty else { return keys }
        throw InfrastructureError(
            "host \(machine.name) of \(pool)", why: "\(file) holds no key of \(name)",
            next: "compare the key with the host's, then add it: ssh-keyscan -p \(machine.port) \(ShellQuoting.quote(machine.address))",
            type: .sshHostKey,
            isTransient: false)
    }

    /// Type and key of lines of a known_hosts file.
    private static func keys(of lines: [Substring]) -> [String] {
        lines.map { $0.split(separator: " ").dropFirst().prefix(2).joined(separator: " ") }
    }

    /// Connects, runs `body` and closes the connection.
    ///
    /// - Parameters:
    ///   - keys: the host's keys, if known.
    ///   - body: also receives the keys that the host has shown.
    /// - Throws: `InfrastructureError` if there is no connection within the settings' time.
    func with<R: Sendable>(
        _ machine: PoolMachine, keys: [String], _ body: @Sendable (_ transport: any Transport, _ keys: [String]) async throws -> R
    ) async throws -> R {
        let folder = try Folder(context, pool: pool)
        defer { folder.remove() }
        let endpoint = Endpoint(
            address: machine.address, port: machine.port, user: machine.user, keyFile: machine.key ?? "", knownHostsFile: folder.knownHosts,
            alias: machine.name,
            hostKeys: keys, furtherOptions: machine.options)
        let transport = try await connect(to: endpoint)
        let shown = keys.isEmpty ? folder.keys(of: machine.name) : keys
        return try await withCleanup {
            try await body(transport, shown)
        } cleanup: {
            await transport.close()
        }
    }

    private func connect(to endpoint: Endpoint) async throws -> any Transport {
        let reason = Reason()
        do {
            return try await withDeadline(settings.connectTimeout) { [connector] in
                try await connector.connect(to: endpoint) { reason.set($0) }
            }
        } catch is DeadlineExceeded {
            throw InfrastructureError(
                "host \(endpoint.alias) of \(pool) cannot be reached", why: "\(reason.text), for \(settings.connectTimeout.brief)",
                next: "try: \(endpoint.loginCommand)", type: .sshUnreachable)
        }
    }

    /// What a connection waits for.
    private final class Reason: Sendable {
        private let state = Mutex("no answer")
        var text: String { state.withLock { $0 } }
        func set(_ text: String) { state.withLock { $0 = text } }
    }

    /// Stores the keys that hosts have shown: in the run's folder for the whole run, otherwise for one connection only.
    private struct Folder: Sendable {
        let path: String
        private let isShared: Bool

        init(_ context: PlatformContext, pool: String) throws {
            isShared = context.access != nil
            path = context.access.map { "\($0.directory)/\(pool)" } ?? "\(context.state)/ssh/\(pool)-\(UInt64.random(in: 0...UInt64.max))"
            try makeFolder(path, mode: 0o700)
        }

        var knownHosts: String { "\(path)/known_hosts" }

        func keys(of alias: String) -> [String] {
            guard let data = FileManager.default.contents(atPath: knownHosts) else { return [] }
            return PoolLogin.keys(of: String(decoding: data, as: UTF8.self).split(separator: "\n").filter { $0.hasPrefix("\(alias) ") })
        }

        func remove() {
            if !isShared { try? FileManager.default.removeItem(atPath: path) }
        }
    }
}
