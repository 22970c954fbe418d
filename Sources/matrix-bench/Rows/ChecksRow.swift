import Foundation
import MatrixChecks
import MatrixCore
import MatrixRemote
import MatrixTesting
import Synchronization

/// The cost of many checks on one host over a real SSH connection: round trips, and time compared with a bare command.
struct ChecksRow: Row {
    let name = "checks"

    func measure(_ scale: Scale, in folder: String) async throws -> [Measurement] {
        guard RealSSHServer.isAvailable else { throw BenchError("there is no sshd: apt-get install openssh-server") }
        let server = try RealSSHServer()
        defer { server.stop() }
        let transport = CountingTransport(
            try await SSHConnector(controlDirectory: folder).connect(to: server.endpoint(trusting: true)) { _ in })
        let plan = Samples.plan(cells: 1, checks: 200, parallel: 1)
        let bare = try await seconds { try await transport.require(Command(["true"]), "a bare command") }
        let before = transport.commands
        let all = try await seconds { try await ask(plan.cells[0], over: transport, in: folder, endpoint: server.endpoint()) }
        await transport.close()
        return [
            Measurement(
                row: name, what: "200 checks on one host: round trips", value: Double(transport.commands - before), unit: "round trips",
                limit: 2),
            Measurement(
                row: name, what: "200 checks on one host: time", value: all, unit: "s", platform: bare,
                note: "the platform's part is one bare command over the same connection"),
        ]
    }

    private func seconds(_ work: () async throws -> some Any) async rethrows -> Double {
        let started = ContinuousClock.now
        _ = try await work()
        return (ContinuousClock.now - started).inSeconds
    }

    private func ask(_ cell: CellPlan, over transport: any Transport, in folder: String, endpoint: Endpoint) async throws {
        let plan = cell.hosts[0]
        let resource = Resource(
            platform: "bench", kind: "host", name: plan.name, run: RunID("261123-000000-bnch"), cell: cell.name, host: plan.name)
        let context = CellContext(
            run: resource.run, cell: cell, hosts: [Host(plan: plan, resource: resource, endpoint: endpoint, transport: transport)],
            scope: Scope(), artifacts: folder, artifactsName: "artifacts", scratch: folder, redactor: Redactor(), deployStarted: .now)
        let results = try await CheckRunner().verify(cell.verify, in: context) { _ in }
        guard results.allSatisfy({ $0.outcome == .passed }) else {
            throw BenchError("a check did not pass: \(results.first { $0.outcome != .passed }?.detail ?? "")")
        }
    }
}

/// Counts the commands that go over a transport: its round trips.
final class CountingTransport: Transport {
    private let base: any Transport
    private let count = Mutex(0)

    init(_ base: any Transport) {
        self.base = base
    }

    var commands: Int { count.withLock { $0 } }

    func run(_ command: Command, onLine: @Sendable (OutputLine) async -> Void) async throws -> CommandResult {
        count.withLock { $0 += 1 }
        return try await base.run(command, onLine: onLine)
    }

    func upload(_ local: String, to remote: String) async throws { try await base.upload(local, to: remote) }
    func download(_ remote: String, to local: String) async throws { try await base.download(remote, to: local) }
    func forward(to host: String, port: Int) async throws -> Int { try await base.forward(to: host, port: port) }
    func commandLine(for command: Command) -> String { base.commandLine(for: command) }
    func close() async { await base.close() }
}
