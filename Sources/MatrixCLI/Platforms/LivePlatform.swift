import Foundation
import MatrixConformance
import MatrixCore
import MatrixLedger
import MatrixPlatforms
import MatrixRemote
import Synchronization

/// A platform of a matrix file, for the conformance suite: with its real surroundings, and with the state folder's ledger, so that
/// `matrix reap` removes what a killed suite leaves.
final class LivePlatform: ConformanceHarness {
    let platform: String
    let promises: Promises
    private let plan: Plan
    private let model: CellPlan
    private let state: StateFolder
    private let runner: any Transport
    private let secrets: [String: [String: String]]
    private let runs = Mutex<[RunID]>([])

    /// - Parameter model: a cell of the platform; the suite's cells have its system.
    init(_ model: CellPlan, of plan: Plan, state: StateFolder, runner: any Transport, secrets: [String: [String: String]]) {
        platform = model.platform
        self.model = model
        self.plan = plan
        self.state = state
        self.runner = runner
        self.secrets = secrets
        let settings = plan.platforms[model.platform]
        let declaration = PlatformCatalogue().declarations.first { $0.kind == settings?.driver }
        promises = declaration?.promises(settings?.options) ?? Promises()
    }

    var ledger: any Ledger { state.ledger }
    var patience: Duration { model.timeouts[.create] }

    func record(of run: RunID) -> RunRecord {
        runs.withLock { $0.append(run) }
        return RunRecord(
            run: run, matrix: plan.name, file: Paths.absolute(plan.file), started: .now, owner: .current(),
            platforms: PlatformMaker.records(of: plan), reports: "")
    }

    func cell(_ name: String, size: HostSize) -> CellPlan {
        var cell = model
        cell.name = name
        let host = model.hosts.first
        cell.hosts = [HostPlan(name: name, groups: host?.groups ?? [], size: size == HostSize() ? host?.size ?? size : size)]
        return cell
    }

    func drivers(of run: RunID, through line: OutsideLine) async throws -> [String: any Platform] {
        let access = try await RunKeys.make(for: run, in: try state.makeDirectory(of: run), using: runner)
        return try await PlatformMaker(state: state, runner: runner, line: line).make(plan, access: access, secrets: secrets)
    }

    func reach(_ endpoint: Endpoint, of resource: Resource) async throws {
        let connector = SSHConnector(controlDirectory: state.directory(of: resource.run))
        let transport = try await withDeadline(patience) { try await connector.connect(to: endpoint) { _ in } }
        await transport.close()
    }

    /// Removes the keys of runs of which nothing is left.
    func close() async throws {
        let open = Set(try await state.ledger.open().map(\.resource.run))
        for run in runs.withLock(\.self) where !open.contains(run) { state.removeDirectory(of: run) }
    }
}
