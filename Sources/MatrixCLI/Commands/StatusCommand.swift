import ArgumentParser
import MatrixCore

/// `matrix status`.
struct StatusCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(commandName: "status", abstract: "Show kept cells and everything else that is not confirmed as gone.")

    @OptionGroup var state: StateOptions

    @Option(help: "table or json.")
    var format: OutputFormat = .table

    func run() async throws {
        let folder = try StateFolder(state.folder())
        let ledger = folder.ledger
        let leases = try await ledger.open()
        if format == .json { return Terminal.output(try json(leases)) }
        for run in try await ledger.unfinishedRuns() {
            Terminal.error("run \(run.run) of \(run.file) was ended without its teardown; close it with: matrix reap --run \(run.run) --yes")
        }
        let pools = try await PoolTables(folder.pools)
        let table = Table(headings: ["CELL", "KIND", "NAME", "PLATFORM", "STATE", "OWNER", "SINCE", "EXPIRES"], rows: leases.map(row)).text
        let parts = [leases.isEmpty ? "nothing is up and nothing is left behind" : table, pools.text]
        Terminal.output(parts.filter { !$0.isEmpty }.joined(separator: "\n\n"))
        if pools.hasQuarantine { Terminal.error("put hosts in quarantine right, then back into use: matrix pool lift HOST") }
        if leases.contains(where: { !$0.isOwnerAlive && !Reaping.isKept($0) }) { Terminal.error("take back what dead runs left: matrix reap --yes") }
    }

    private func row(_ lease: Lease) -> [String] {
        let resource = lease.resource
        return [
            resource.cell, resource.kind, resource.name, resource.platform, lease.state.rawValue,
            lease.isOwnerAlive ? "running (\(lease.owner.pid))" : "gone", lease.since.description, resource.expires?.description ?? "never",
        ]
    }

    private func json(_ leases: [Lease]) throws -> String {
        let values = leases.map { lease in
            Value.map([
                "cell": .string(lease.resource.cell), "kind": .string(lease.resource.kind), "name": .string(lease.resource.name),
                "id": .string(lease.resource.id), "platform": .string(lease.resource.platform), "run": .string(lease.resource.run.value),
                "host": lease.resource.host.map { .string($0) } ?? .null, "state": .string(lease.state.rawValue),
                "owner_alive": .bool(lease.isOwnerAlive), "since": .string(lease.since.description),
                "expires": lease.resource.expires.map { .string($0.description) } ?? .null, "why": lease.why.map { .string($0) } ?? .null,
            ])
        }
        return String(decoding: try JSON.encode(Value.list(values), pretty: true), as: UTF8.self)
    }
}

/// How a result is printed.
enum OutputFormat: String, ExpressibleByArgument, CaseIterable {
    case table
    case json
}
