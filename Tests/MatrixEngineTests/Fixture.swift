import Foundation
import MatrixCore
import MatrixTesting

@testable import MatrixEngine

/// An engine on a scripted platform in a temporary folder.
struct Fixture {
    let platform: ScriptedPlatform
    let ledger = MemoryLedger()
    let events = EventRecorder()
    let redactor = Redactor()
    var folder: String
    var control = RunControl()
    let run = RunID("261123-050122-test")

    var connector: any Connector = ScriptedConnector()
    var provisioner: any Provisioner = ScriptedProvisioner()
    var deployers: [any Deployer] = [ScriptedDeployer { step, _ in [ScriptedDeployer.result(step, .passed)] }]
    var checker: any Checker = ScriptedChecker { _, _ in .passed }
    var secrets: [String: String] = [:]
    var keep = Keep.never
    var failFast = false
    var starts: [String: CellStart] = [:]
    var expected = ExpectedTimes()
    var environment: [String: String] = [:]
    var surveyor: any Surveyor = NoSurveyor()
    /// Platforms beside the scripted one, by name.
    var others: [String: any Platform] = [:]

    init(_ platform: ScriptedPlatform = ScriptedPlatform()) {
        self.platform = platform
        folder = FileManager.default.temporaryDirectory.appendingPathComponent("matrix-engine-\(UUID().uuidString)").path
    }

    /// - Parameter watching: gets the run before it begins.
    func run(_ plan: Plan, watching: (RunSoFar) -> Void = { _ in }) async -> RunResult {
        let parts = EngineDependencies(
            platforms: [platform.name: platform].merging(others) { $1 }, ledger: ledger, connector: connector, provisioner: provisioner,
            deployers: deployers,
            checker: checker, inventory: ScriptedInventory(), events: events, redactor: redactor, secrets: secrets,
            surveyor: surveyor)
        let options = RunOptions(
            run: run, reports: "\(folder)/reports", directory: "\(folder)/run", keep: keep, failFast: failFast, environment: environment,
            starts: starts, expected: expected)
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let soFar = RunSoFar(plan, parts: parts, options: options)
        watching(soFar)
        return await Engine(parts).run(plan, options: options, control: control, soFar: soFar)
    }

    /// Makes a cell and leaves it up, as `matrix create` does.
    mutating func create(_ cell: CellPlan = Self.cell()) async -> RunResult {
        starts = [cell.name: CellStart(phases: [.create], command: "matrix create")]
        return await run(Self.plan([cell]))
    }

    /// Runs one phase of a cell that is up, as `matrix deploy` does.
    mutating func stage(_ phase: Phase, _ cell: CellPlan = Self.cell()) async throws -> RunResult {
        starts = [cell.name: .of(phase, leases: try await leases(of: cell), past: try await past(of: cell))]
        return await run(Self.plan([cell]))
    }

    func leases(of cell: CellPlan) async throws -> [Lease] { try await ledger.open().filter { $0.resource.cell == cell.name } }

    func past(of cell: CellPlan) async throws -> [PhaseRecord] { try await ledger.progress(of: run)[cell.name] ?? [] }

    static func step(_ name: String, kind: String = "scripted", skipped: String? = nil) -> StepPlan {
        StepPlan(name: name, kind: kind, options: Document(.null, at: SourceLocation(file: "m.yml", line: 3, column: 5)), skipped: skipped)
    }

    static func cell(
        _ name: String = "debian12-scripted", hosts: Int = 1, deploy: [StepPlan] = [step("site")],
        verify: [StepPlan] = [step("service x", kind: "service")],
        finally: [StepPlan] = [], retries: [Phase: Int] = [.create: 1, .provision: 1], timeouts: Timeouts = Timeouts(),
        experimental: Bool = false
    ) -> CellPlan {
        let os = OperatingSystem(name: "debian12", family: "debian", packageManager: .apt, release: .init(id: "debian", version: "12"))
        let plans =
            hosts == 1
            ? [HostPlan(name: name)] : (1...hosts).map { HostPlan(name: "\(name)-node-\($0)", role: "node", index: $0, groups: []) }
        return CellPlan(
            name: name, point: [AxisValue(axis: "os", value: "debian12"), AxisValue(axis: "platform", value: "scripted")], os: os,
            platform: "scripted", experimental: experimental, hosts: plans, timeouts: timeouts, retries: retries, deploy: deploy,
            verify: verify,
            finally: finally)
    }

    static func plan(_ cells: [CellPlan], limits: Limits = Limits(), unavailable: Unavailable = .error) -> Plan {
        Plan(
            name: "test", file: "m.yml", project: "/", axes: [Axis(name: "os", values: ["debian12"])], cells: cells, limits: limits,
            unavailable: unavailable)
    }
}

extension RunResult {
    /// `phase/step/name: outcome` of one cell's cases.
    func lines(_ cell: Int = 0) -> [String] {
        cells[cell].cases.map { "\($0.phase.rawValue)/\($0.step)/\($0.name): \($0.outcome.rawValue)" }
    }

    func find(_ name: String, _ cell: Int = 0) -> CaseResult? {
        cells[cell].cases.first { $0.name == name }
    }
}

/// A signal that a test waits for, and what it waits on until released.
actor Latch {
    private var isOpen = false
    private var waiting: [CheckedContinuation<Void, Never>] = []

    func open() {
        isOpen = true
        for continuation in waiting { continuation.resume() }
        waiting = []
    }

    func wait() async {
        if isOpen { return }
        await withCheckedContinuation { waiting.append($0) }
    }
}
