import Foundation
import MatrixCore
import MatrixEngine

/// A cell that is up: its hosts as the ledger knows them.
struct KeptCell {
    let name: String
    let run: RunID
    let hosts: [(resource: Resource, endpoint: Endpoint)]

    /// Finds the newest one of this name.
    /// - Throws: `UsageError` where none is up.
    static func find(_ name: String, in folder: StateFolder) async throws -> KeptCell {
        let leases = try await folder.ledger.open().filter { $0.endpoint != nil }
        guard let run = leases.filter({ $0.resource.cell == name }).max(by: { $0.since < $1.since })?.resource.run else {
            let others = Set(leases.map(\.resource.cell)).sorted()
            let known = others.isEmpty ? "no cell is up; keep one with: matrix run FILE --cell \(name) --keep always" : "these are up: \(others.joined(separator: ", "))"
            throw UsageError("cell '\(name)' is not up", hint: known)
        }
        let hosts = leases.filter { $0.resource.run == run && $0.resource.cell == name }.compactMap { lease in
            lease.endpoint.map { (lease.resource, $0) }
        }
        return KeptCell(name: name, run: run, hosts: hosts)
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
        let found = host.map { wanted in hosts.first { $0.resource.host == wanted || $0.resource.host?.hasSuffix("-\(wanted)") == true } } ?? hosts.first
        guard let found else {
            throw UsageError("cell \(name) has no host '\(host ?? "")'", hint: "it has \(hosts.compactMap(\.resource.host).joined(separator: ", "))")
        }
        return found
    }
}
