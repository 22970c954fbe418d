import Foundation
import MatrixChecks
import MatrixCore
import MatrixRemote

/// The hosts that `matrix check` checks: those of a cell that is up, or one that the user's `ssh` reaches.
struct CheckTarget {
    let cell: CellPlan
    let hosts: [MatrixCore.Host]
    /// When the cell's run began; now for a host without a cell.
    let deployed: Timestamp
    private let folder: String

    /// Connects.
    ///
    /// - Parameters:
    ///   - name: `CELL`, `CELL:HOST`, or anything that `ssh` accepts: `HOST`, `USER@HOST`, `USER@HOST:PORT`.
    ///   - configuration: an `ssh_config` for the latter.
    static func connect(_ name: String, configuration: String?, state: StateOptions) async throws -> CheckTarget {
        let parts = name.split(separator: ":", maxSplits: 1).map(String.init)
        let kept = configuration == nil && !name.contains("@") ? try await kept(parts[0], in: state) : nil
        let folder = try ProcessFolder.make(in: "/tmp")
        do {
            if let kept { return try await connect(kept, host: parts.dropFirst().first, in: folder) }
            return try await connect(toHost: name, configuration: configuration, in: folder)
        } catch {
            try? FileManager.default.removeItem(atPath: folder)
            throw error
        }
    }

    /// Ends all connections.
    func close() async {
        for host in hosts { await host.transport.close() }
        try? FileManager.default.removeItem(atPath: folder)
    }

    private static func kept(_ name: String, in state: StateOptions) async throws -> (cell: KeptCell, folder: StateFolder)? {
        guard FileManager.default.fileExists(atPath: state.folder()) else { return nil }
        let folder = try StateFolder(state.folder())
        // A cell that is kept although SSH does not reach it is no host of the user's, either.
        guard try await folder.ledger.open().contains(where: { $0.resource.cell == name && $0.resource.host != nil }) else { return nil }
        return (try await KeptCell.find(name, in: folder), folder)
    }

    private static func connect(toHost name: String, configuration: String?, in folder: String) async throws -> CheckTarget {
        let (transport, endpoint) = try await SSHConnector(controlDirectory: folder).connect(
            toDestination: name, configuration: configuration)
        do {
            let os = try await SystemProbe.system(of: transport)
            let plan = HostPlan(name: name)
            let cell = CellPlan(
                name: name, point: [AxisValue(axis: "os", value: os.name), AxisValue(axis: "platform", value: "ssh")], os: os,
                platform: "ssh", hosts: [plan])
            let resource = Resource(platform: "ssh", kind: "host", name: name, run: RunID("check"), cell: name)
            return CheckTarget(
                cell: cell, hosts: [MatrixCore.Host(plan: plan, resource: resource, endpoint: endpoint, transport: transport)],
                deployed: .now, folder: folder)
        } catch {
            await transport.close()
            throw error
        }
    }

    private static func connect(
        _ kept: (cell: KeptCell, folder: StateFolder), host selected: String?, in directory: String
    ) async throws -> CheckTarget {
        var (record, plan) = try await kept.cell.plan(in: kept.folder)
        let chosen = if let selected { try await kept.cell.hosts(called: selected) } else { kept.cell.hosts }
        var hosts: [MatrixCore.Host] = []
        do {
            for (resource, endpoint) in chosen {
                guard let host = plan.hosts.first(where: { $0.name == resource.host }) else { continue }
                let transport = try await Self.connect(to: endpoint, in: directory)
                hosts.append(MatrixCore.Host(plan: host, resource: resource, endpoint: endpoint, transport: transport))
            }
        } catch {
            for host in hosts { await host.transport.close() }
            throw error
        }
        plan.hosts = hosts.map(\.plan)
        return CheckTarget(cell: plan, hosts: hosts, deployed: record.started, folder: directory)
    }

    private static func connect(to endpoint: Endpoint, in directory: String) async throws -> any Transport {
        let limit = Duration.seconds(120)
        do {
            return try await withDeadline(limit) { try await SSHConnector(controlDirectory: directory).connect(to: endpoint) { _ in } }
        } catch is DeadlineExceeded {
            throw InfrastructureError(
                "connecting to \(endpoint.alias)", why: "it does not answer, for \(limit.brief)", next: "try: \(endpoint.loginCommand)",
                type: .sshUnreachable)
        }
    }

    /// What checks may use. Secrets are not available here.
    var context: CellContext {
        var scope = cell.scope
        for (name, value) in ["cell": cell.name, "os": cell.os.name, "platform": cell.platform, "run": "check", "artifacts": folder] {
            scope[name] = value
        }
        let environment = ["SOLTI_CELL": cell.name, "SOLTI_OS": cell.os.name, "SOLTI_PLATFORM": cell.platform]
        return CellContext(
            run: RunID("check"), cell: cell, hosts: hosts, scope: scope, artifacts: folder, artifactsName: "", scratch: folder,
            environment: environment,
            redactor: Redactor(), deployStarted: deployed)
    }
}
