import Foundation
import MatrixCore
import MatrixEngine

/// A cell that is up: its resources as the ledger knows them.
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

    /// Finds the newest one of this name.
    /// - Throws: `UsageError` where none is up.
    static func find(_ name: String, in folder: StateFolder) async throws -> KeptCell {
        let cells = cells(try await folder.ledger.open()).filter { !$0.hosts.isEmpty }
        guard let cell = cells.last(where: { $0.name == name }) else {
            let others = Set(cells.map(\.name)).sorted()
            let known = others.isEmpty ? "no cell is up; keep one with: matrix run FILE --cell \(name) --keep always" : "these are up: \(others.joined(separator: ", "))"
            throw UsageError("cell '\(name)' is not up", hint: known)
        }
        return cell
    }

    /// The newest kept one of each name that was made from a matrix file.
    static func all(of file: String, in folder: StateFolder) async throws -> [KeptCell] {
        var found: [String: KeptCell] = [:]
        for cell in cells(try await folder.ledger.open().filter { $0.state == .kept }) {
            if try await folder.ledger.run(cell.run)?.file == file { found[cell.name] = cell }
        }
        return found.values.sorted { $0.name < $1.name }
    }

    /// Cells of leases, the newest last.
    private static func cells(_ leases: [Lease]) -> [KeptCell] {
        Dictionary(grouping: leases) { "\($0.resource.run) \($0.resource.cell)" }.values.map { leases in
            KeptCell(name: leases[0].resource.cell, run: leases[0].resource.run, leases: leases)
        }.sorted { ($0.leases.last?.id.value ?? 0) < ($1.leases.last?.id.value ?? 0) }
    }

    /// The file that leads to its cluster.
    /// - Throws: `UsageError` where it is none.
    func kubeconfig(in folder: StateFolder) throws -> String {
        let path = RunOptions.kubeconfig(of: name, in: folder.directory(of: run))
        guard let data = FileManager.default.contents(atPath: path) else {
            throw UsageError("cell \(name) has no kubeconfig", hint: "only cells of a k3s platform are clusters")
        }
        return String(decoding: data, as: UTF8.self)
    }

    /// The host that `host` names: its whole name or the end of it; the first where it is nil.
    func host(_ host: String?) throws -> (resource: Resource, endpoint: Endpoint) {
        let hosts = hosts
        let found = host.map { wanted in hosts.first { $0.resource.host == wanted || $0.resource.host?.hasSuffix("-\(wanted)") == true } } ?? hosts.first
        guard let found else {
            throw UsageError("cell \(name) has no host '\(host ?? "")'", hint: "it has \(hosts.compactMap(\.resource.host).joined(separator: ", "))")
        }
        return found
    }
}
