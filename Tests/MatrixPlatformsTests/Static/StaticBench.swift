import Foundation
import MatrixCore
import MatrixLedger
import MatrixRemote
import MatrixTesting
import Synchronization

@testable import MatrixPlatforms

/// A pool with the real ledger and hosts that answer what a test tells them to.
final class StaticBench: Sendable {
    let folder: String
    let book: any PoolBook
    let host = ScriptedTransport()
    /// This machine; it runs nothing that a test has not told it.
    let runner = ScriptedTransport()
    private let connector: HostConnector

    init() throws {
        folder = NSTemporaryDirectory() + "matrix-static-\(UUID().uuidString.prefix(8))"
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        book = try SQLiteLedger(state: folder)
        connector = HostConnector(host)
        host.answer("authorized_keys")
        host.answer("remove_key")
        host.answer("/var/lib/solti-matrix", output: "taken\n")
        host.answer("os-release", output: "id debian\nversion 12\narch aarch64\ncores 4\nmemory 4000000\nroot yes\n")
        host.answer { command in
            guard String(decoding: command.input ?? [], as: UTF8.self).contains("certain=") else { return nil }
            let found =
                "id debian\nversion 12\ntitle Debian\naccount lavender\nfile /etc/sudoers.d/zz-solti-matrix-lavender\npackage vim\n"
                + (command.arguments.contains("named") ? "name rpi\n" : "")
            return CommandResult(exitStatus: 0, standardOutput: Array(found.utf8))
        }
    }

    deinit { try? FileManager.default.removeItem(atPath: folder) }

    /// Makes a machine unreachable.
    func unplug(_ name: String) { connector.unplugged.withLock { _ = $0.insert(name) } }
    /// Makes a machine unreachable, and whoever tries it wait until they are cancelled.
    func silence(_ name: String) { connector.mute.withLock { _ = $0.insert(name) } }
    /// How many sessions there were, on all hosts.
    var sessions: Int { connector.sessions.current }
    var connections: [Endpoint] { connector.endpoints.withLock { $0 } }

    func machine(_ number: Int, os: String = "debian12", roles: [String] = []) -> PoolMachine {
        PoolMachine(name: "rpi-\(number)", address: "10.0.0.\(number)", user: "pi", os: os, roles: roles)
    }

    /// A pool as one process of a run has it.
    func platform(
        _ machines: [PoolMachine], run: RunID = RunID("first"), reset: [StaticSettings.ResetStep] = [], wait: Duration = .seconds(60)
    ) throws -> StaticPlatform {
        var settings = StaticSettings(source: .hosts(machines), wait: wait, reset: reset)
        settings.connectTimeout = .seconds(300)
        let access = RunAccess(directory: "\(folder)/runs/\(run)", publicKey: "ssh-ed25519 AAAAown solti-matrix-run-\(run)")
        let context = PlatformContext(
            state: folder, access: access, runner: runner, redactor: Redactor(), pools: book, connector: connector)
        return try StaticPlatform(name: "farm", settings: settings, context: context, book: book, connector: connector)
    }

    func cell(_ count: Int = 1, name: String = "debian12-farm", os: OperatingSystem = Samples.debian12) -> CellPlan {
        let hosts = count == 1 ? [HostPlan(name: name)] : (1...count).map { HostPlan(name: "\(name)-host-\($0)", index: $0) }
        return CellPlan(
            name: name, point: [AxisValue(axis: "os", value: os.name)], os: os, platform: "farm", hosts: hosts,
            provision: ProvisionPlan(user: "lavender", packages: ["vim", "curl"], scripts: ["touch /srv/x"]))
    }

    /// Reserves and creates as the engine does.
    func lend(_ platform: StaticPlatform, _ cell: CellPlan, run: RunID = RunID("first")) async throws -> [Resource] {
        try await platform.reserve(cell, run: run, expires: nil) { _ in }
        var made: [Resource] = []
        for resource in platform.resources(for: cell, run: run, expires: nil).flatMap(\.self) {
            made.append(try await platform.create(resource, for: cell))
        }
        return made
    }

    private final class HostConnector: Connector {
        let host: ScriptedTransport
        let endpoints = Mutex<[Endpoint]>([])
        let unplugged = Mutex<Set<String>>([])
        let mute = Mutex<Set<String>>([])
        let sessions = MutexBox(0)

        init(_ host: ScriptedTransport) {
            self.host = host
        }

        func connect(to endpoint: Endpoint, waiting: @escaping @Sendable (String) -> Void) async throws -> any Transport {
            endpoints.withLock { $0.append(endpoint) }
            if unplugged.withLock({ $0.contains(endpoint.alias) }) {
                waiting("no route to host")
                throw DeadlineExceeded(limit: .seconds(300))
            }
            if mute.withLock({ $0.contains(endpoint.alias) }) {
                waiting("no answer")
                try await Task.sleep(for: .seconds(3600))
            }
            return PartedHost(base: host, sessions: sessions)
        }
    }
}
