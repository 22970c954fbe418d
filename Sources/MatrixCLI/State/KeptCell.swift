import Foundation
import MatrixCore
import MatrixEngine

/// A cell that is up: its resources on the ledger.
struct KeptCell {
    let name: String
    let run: RunID
    /// All of them, networks included, oldest first.
    let leases: [Lease]

    /// The hosts that can be reached.
    var hosts: [(resource: Resource, endpoint: Endpoint)] {
        leases.compactMap { lease in lease.endpoint.map { (lease.resource, $0) } }
    }

    /// The lease of each host.
    var hostLeases: [Lease] { leases.filter { $0.resource.host != nil } }

    /// Whether a process is working on it.
    var isInUse: Bool { leases.contains(where: \.isOwnerAlive) }

    /// Finds the newest cell of this name.
    /// - Throws: `UsageError` if none is up.
    static func find(_ name: String, in folder: StateFolder) async throws -> KeptCell {
        let cells = cells(try await folder.ledger.open()).filter { !$0.hosts.isEmpty }
        guard let cell = cells.last(where: { $0.name == name }) else {
            let others = Set(cells.map(\.name)).sorted()
            let known =
                others.isEmpty
                ? "no cell is up; keep one with: matrix run FILE --cell \(name) --keep always"
                : "these are up: \(others.joined(separator: ", "))"
            throw UsageError("cell '\(name)' is not up", hint: known)
        }
        return cell
    }

    /// The newest kept cell of each name from a matrix file.
    static func all(of file: String, in folder: StateFolder) async throws -> [KeptCell] {
        var found: [String: KeptCell] = [:]
        for cell in cells(try await folder.ledger.open().filter { $0.state == .kept }) {
            if try await folder.ledger.run(cell.run)?.file == file { found[cell.name] = cell }
        }
        return found.values.sorted { $0.name < $1.name }
    }

    /// The cells of leases, newest last.
    private static func cells(_ leases: [Lease]) -> [KeptCell] {
        Dictionary(grouping: leases) { "\($0.resource.run) \($0.resource.cell)" }.values.map { leases in
            KeptCell(name: leases[0].resource.cell, run: leases[0].resource.run, leases: leases)
        }.sorted { ($0.leases.last?.id.value ?? 0) < ($1.leases.last?.id.value ?? 0) }
    }

    /// Its record on the ledger and its plan in the matrix file.
    func plan(in folder: StateFolder) async throws -> (record: RunRecord, cell: CellPlan) {
        guard let record = try await folder.ledger.run(run) else {
            throw UsageError("the ledger does not know run \(run)", hint: "reach its hosts with: matrix ssh \(name)")
        }
        guard let cell = try MatrixSource.load(record.file).cells.first(where: { $0.name == name }) else {
            throw UsageError(
                "\(record.file) no longer has a cell \(name)", hint: "destroy it with: matrix destroy \(record.file) --cell \(name)")
        }
        return (record, cell)
    }

    /// The kubeconfig of its cluster.
    /// - Throws: `UsageError` if the cell is not a cluster.
    func kubeconfig(in folder: StateFolder) throws -> String {
        let path = RunOptions.kubeconfig(of: name, in: folder.directory(of: run))
        guard let data = FileManager.default.contents(atPath: path) else {
            throw UsageError("cell \(name) has no kubeconfig", hint: "only cells of a k3s platform are clusters")
        }
        return String(decoding: data, as: UTF8.self)
    }

    /// The host with this name, or whose name ends in it; nil means the first host.
    func host(_ host: String?) throws -> (resource: Resource, endpoint: Endpoint) {
        let hosts = hosts
        let found =
            host.map { wanted in hosts.first { $0.resource.host == wanted || $0.resource.host?.hasSuffix("-\(wanted)") == true } }
            ?? hosts.first
        guard let found else {
            throw UsageError(
                "cell \(name) has no host '\(host ?? "")'", hint: "it has \(hosts.compactMap(\.resource.host).joined(separator: ", "))")
        }
        return found
    }
}
