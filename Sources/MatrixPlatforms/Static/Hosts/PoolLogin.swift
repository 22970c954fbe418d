internal import FoundationEssentials
internal import MatrixCore
import MatrixRemote
internal import Synchronization

/// Logs in to a pool's hosts as their owner does: with the key of the settings, or with those that OpenSSH finds. Once a host.
struct PoolLogin: Sendable {
    let pool: String
    let settings: StaticSettings
    let context: PlatformContext
    let connector: any Connector
    let connections = PoolConnections()
    private let reasons = Reasons()

    /// The host keys that are known before the first connection: from the settings, or from their known_hosts file.
    ///
    /// - Returns: empty if the run is to trust the first key that it sees.
    /// - Throws: `InfrastructureError` if the file does not name the host.
    func knownKeys(of machine: PoolMachine) async throws -> [String] {
        if !machine.hostKeys.isEmpty { return machine.hostKeys }
        guard let file = settings.knownHosts else { return [] }
        let address = machine.hostName ?? machine.address
        let name = machine.hostKeyAlias ?? (machine.port == 22 ? address : "[\(address)]:\(machine.port)")
        // Names in the file may be hashed.
        let result = try await context.runner.run(Command(["ssh-keygen", "-F", name, "-f", file], timeout: .seconds(30)))
        let keys = Self.keys(of: result.output.split(whereSeparator: \.isNewline).filter { !$0.hasPrefix("#") && !$0.hasPrefix("@") })
        guard keys.isEmpty else { return keys }
        throw InfrastructureError(
            "host \(machine.name) of \(pool)", why: "\(file) holds no key of \(name)",
            next: "compare the key with the host's, then add it: ssh-keyscan -p \(machine.port) \(ShellQuoting.quote(address))",
            type: .sshHostKey,
            isTransient: false)
    }

    /// Type and key of lines of a known_hosts file.
    private static func keys(of lines: [Substring]) -> [String] {
        lines.map { $0.split(separator: " ").dropFirst().prefix(2).joined(separator: " ") }
    }

    /// Runs `body` over the pool's one connection to a machine, which is opened if there is none and stays open.
    ///
    /// - Parameters:
    ///   - keys: the host's keys as its lease knew them; empty for those of the settings.
    ///   - body: also receives the keys that the host has shown. It runs again if a connection that was used before turns out to be
    ///     broken, as by a reboot.
    /// - Throws: `InfrastructureError` if there is no connection within the settings' time.
    func with<R: Sendable>(
        _ machine: PoolMachine, keys: [String] = [], _ body: @Sendable (_ transport: any Transport, _ keys: [String]) async throws -> R
    ) async throws -> R {
        if let open = connections.standing(machine) {
            if keys.isEmpty || open.keys.contains(where: keys.contains) {
                do {
                    return try await body(open.transport, open.keys)
                } catch let error as InfrastructureError where error.type == ProblemType.sshLost.rawValue {
                    try Task.checkCancellation()
                }
            }
            await connections.drop(open, of: machine)
        }
        let connection = try await connections.connection(to: machine) { try await open(machine, keys) }
        return try await body(connection.transport, connection.keys)
    }

    private func open(_ machine: PoolMachine, _ lent: [String]) async throws -> PoolConnections.Connection {
        let keys = lent.isEmpty ? try await knownKeys(of: machine) : lent
        let folder = try Folder(context, pool: pool)
        do {
            let endpoint = Endpoint(
                address: machine.address, port: machine.port, user: machine.user, keyFile: machine.key ?? "",
                knownHostsFile: folder.knownHosts, alias: machine.name, hostKeys: keys, furtherOptions: machine.options)
            let transport = try await connect(to: endpoint)
            let shown = keys.isEmpty ? folder.keys(of: machine.name) : keys
            return PoolConnections.Connection(transport, keys: shown) { folder.remove() }
        } catch {
            folder.remove()
            throw error
        }
    }

    private func connect(to endpoint: Endpoint) async throws -> any Transport {
        do {
            return try await withDeadline(settings.connectTimeout) { [connector, reasons] in
                try await connector.connect(to: endpoint) { reasons.set($0, of: endpoint.alias) }
            }
        } catch is DeadlineExceeded {
            throw InfrastructureError(
                "host \(endpoint.alias) of \(pool) cannot be reached",
                why: "\(reasons[endpoint.alias]), for \(settings.connectTimeout.brief)",
                next: "try: \(endpoint.loginCommand)", type: .sshUnreachable)
        }
    }

    /// Why a machine has no connection yet, as far as it is known.
    func reason(of machine: PoolMachine) -> String { reasons[machine.name] }

    /// What connections wait for, by the names of their machines.
    private final class Reasons: Sendable {
        private let state = Mutex<[String: String]>([:])
        subscript(name: String) -> String { state.withLock { $0[name] } ?? "no answer" }
        func set(_ text: String, of name: String) { state.withLock { $0[name] = text } }
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
            let lines = String(decoding: data, as: UTF8.self).split(whereSeparator: \.isNewline)
            return PoolLogin.keys(of: lines.filter { $0.hasPrefix("\(alias) ") })
        }

        func remove() {
            if !isShared { try? FileManager.default.removeItem(atPath: path) }
        }
    }
}
