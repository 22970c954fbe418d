import Foundation
import MatrixCore
import MatrixEngine

/// A cell that is up: its resources on the ledger.
struct KeptCell {
    let name: String
    let run: RunID
    /// All of them, networks included, oldest first.
    let leases: [Lease]
    /// The matrix file of its run; nil if nobody asked the ledger yet.
    var file: String?

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
        let all = cells(try await folder.ledger.open())
        if var cell = all.last(where: { $0.name == name && !$0.hosts.isEmpty }) {
            cell.file = try await folder.ledger.run(cell.run)?.file
            return cell
        }
        if let cell = all.last(where: { $0.name == name && !$0.hostLeases.isEmpty }) { throw await cell.unreachable(in: folder) }
        throw await isNotUp(name, all, in: folder.path)
    }

    /// As ``find(_:in:)``, for a command that makes no state folder if there is none.
    static func find(_ name: String, at path: String) async throws -> KeptCell {
        guard let folder = try StateFolder.existing(path) else { throw await isNotUp(name, [], in: path) }
        return try await find(name, in: folder)
    }

    private static func isNotUp(_ name: String, _ all: [KeptCell], in path: String) async -> UsageError {
        let others = Set(all.filter { !$0.hosts.isEmpty }.map(\.name)).sorted()
        let nearby = await NearbyStates.cells(besides: path)
        if let other = nearby.first(where: { $0.name == name }) {
            return UsageError(
                "cell '\(name)' is not up in \(path)",
                hint: "it is in another state folder: add --state \(ShellQuoting.quote(other.state))")
        }
        let known =
            others.isEmpty
            ? "no cell is up there; keep one with: matrix run FILE --cell \(name) --keep always"
            : "these are up: \(others.joined(separator: ", "))"
        return UsageError("cell '\(name)' is not up in \(path)", hint: known)
    }

    /// What to say of a cell that stays up although SSH does not reach it: its driver may know a way in.
    private func unreachable(in folder: StateFolder) async -> UsageError {
        var ways: [String] = []
        if let record = try? await folder.ledger.run(run) {
            for lease in hostLeases {
                let platform = try? await PlatformMaker(state: folder).make(lease.resource.platform, of: record)
                ways += platform?.entrances(to: lease.resource) ?? []
                await platform?.close()
            }
        }
        let file = (try? await folder.ledger.run(run)?.file) ?? "FILE"
        let next =
            ways.isEmpty ? "destroy it with: matrix destroy \(ShellQuoting.quote(file)) --cell \(name)" : ways.joined(separator: ", or ")
        let state = isInUse ? "is not up yet: run \(run) is making it" : "is kept, but SSH has never reached it"
        return UsageError("cell '\(name)' \(state)", hint: isInUse ? "wait for it; see matrix status" : next)
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
    static func cells(_ leases: [Lease]) -> [KeptCell] {
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
                "\(record.file) no longer has a cell \(name)",
                hint: "destroy it with: matrix destroy \(ShellQuoting.quote(record.file)) --cell \(name)")
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

    /// A host that can be reached.
    typealias Reachable = (resource: Resource, endpoint: Endpoint)

    /// The hosts with this role or name, or whose name ends in it, in the order of their names.
    ///
    /// - Throws: `UsageError` if there is none.
    func hosts(called wanted: String) async throws -> [Reachable] {
        let hosts = self.hosts.sorted { ($0.resource.host ?? "") < ($1.resource.host ?? "") }
        let names = hosts.map { HostLabel(of: $0.resource.host ?? "", in: name) }
        let exact = zip(hosts, names).filter { $1.matchesName(wanted) }
        let found = exact.isEmpty ? zip(hosts, names).filter { $1.role == wanted } : exact
        if !found.isEmpty { return found.map(\.0) }
        // The name of a cell's only host does not say its role; the matrix file does.
        let roles = await self.roles
        let byRole = hosts.filter { roles[$0.resource.host ?? ""] == wanted }
        guard byRole.isEmpty else { return byRole }
        let known = Set(names.map(\.label) + roles.values.filter { $0 != "host" }).sorted()
        throw UsageError("cell \(name) has no host '\(wanted)'", hint: "it has \(known.joined(separator: ", "))")
    }

    /// The host with this role or name; nil means the first host.
    ///
    /// - Throws: `UsageError` if there is none, or if several have the role.
    func host(_ wanted: String?) async throws -> Reachable {
        guard let wanted else {
            guard let first = hosts.first else { throw UsageError("cell \(name) has no host") }
            return first
        }
        let found = try await hosts(called: wanted)
        guard found.count == 1 else {
            let names = found.map { HostLabel(of: $0.resource.host ?? "", in: name).label }
            throw UsageError(
                "cell \(name) has \(found.count) hosts of the role '\(wanted)'",
                hint: "name one: \(names.map { "\(name):\($0)" }.joined(separator: ", "))")
        }
        return found[0]
    }

    /// The roles of its hosts by their names, as far as the matrix file still says them.
    private var roles: [String: String] {
        get async {
            guard let file, let plan = try? MatrixSource.load(file, isOffline: true) else { return [:] }
            let hosts = plan.cells.first { $0.name == name }?.hosts ?? []
            return Dictionary(hosts.map { ($0.name, $0.role) }) { first, _ in first }
        }
    }
}

/// A host's name in its parts: `<cell>` for the only host of a cell, else `<cell>-<role>-<n>`.
struct HostLabel: Hashable {
    let name: String
    /// The name without the cell: `web-1`; the whole name for a cell's only host.
    let label: String
    /// `web`; nil if the name does not say it.
    let role: String?

    init(of name: String, in cell: String) {
        self.name = name
        guard name.hasPrefix("\(cell)-") else {
            (label, role) = (name, nil)
            return
        }
        label = String(name.dropFirst(cell.count + 1))
        let number = label.reversed().prefix { $0 != "-" }
        role = number.allSatisfy(\.isNumber) && number.count < label.count ? String(label.dropLast(number.count + 1)) : label
    }

    /// What a table calls it; a cell's only host is called by its kind.
    func label(orKind kind: String) -> String { role == nil ? kind : label }

    func matchesName(_ wanted: String) -> Bool { name == wanted || label == wanted }
}
