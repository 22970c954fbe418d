import Foundation
import MatrixCore
import MatrixEngine
import MatrixTesting

@testable import MatrixReports

/// Runs that the real engine makes on the scriptable platform, one for each way a run can end.
enum EngineRun: String, CaseIterable {
    case green
    case oneSystem
    case infrastructure
    case interrupted
    case leak
    case large
    case hostile

    static let systems = ["rocky9", "rocky10", "debian12", "debian13"]
    /// What the hostile run's programs print; the engine is told that it is a secret.
    static let secret = "hunter2-Swordfish!"
    static let checks = ["service prometheus", "port 9090 listens", "http prometheus is healthy", "package prometheus", "user prometheus"]

    var exitStatus: MatrixCore.ExitStatus {
        switch self {
        case .green: .passed
        case .oneSystem, .large, .hostile: .failed
        case .infrastructure: .infrastructure
        case .interrupted: .interrupted
        case .leak: .leaked
        }
    }

    /// Runs the matrix, or some of its cells, and writes every document into `folder`.
    func write(into folder: String, cells: [CellPlan]? = nil, shard: Shard? = nil) async throws -> RunResult {
        var plan = plan
        plan.cells = cells ?? plan.cells
        plan.shard = shard
        let hidden = try TemporaryFolder()
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        let control = RunControl()
        let redactor = Redactor()
        redactor.hide(Self.secret)
        let parts = EngineDependencies(
            platforms: ["scripted": platform], ledger: MemoryLedger(), connector: ScriptedConnector(), provisioner: ScriptedProvisioner(),
            deployers: [EngineRunDeployer(run: self, control: control)], checker: checker, inventory: ScriptedInventory(),
            events: EventRecorder(), redactor: redactor,
            secrets: ["password": Self.secret])
        let options = RunOptions(
            run: RunID("261123-050122-\(rawValue.prefix(4).lowercased())"), reports: folder, directory: hidden.path,
            environment: ["command": "matrix run matrices/local.yml", "matrix": "0.1.0"], commit: "4be1c07f9a31")
        let result = await Engine(parts).run(plan, options: options, control: control)
        for reporter in ReportCatalogue.all() { _ = try reporter.write(result, into: folder) }
        return result
    }

    var plan: Plan {
        let systems = self == .large ? (1...50).map { "linux\($0)" } : Self.systems
        let cells = systems.map { os in
            let name = "\(os)-scripted"
            return CellPlan(
                name: name, point: [AxisValue(axis: "os", value: os), AxisValue(axis: "platform", value: "scripted")],
                os: OperatingSystem(name: os, family: "debian", packageManager: .apt, release: .init(id: "debian", version: "12")),
                platform: "scripted",
                hosts: self == .large
                    ? [HostPlan(name: name)]
                    : ["server", "client"].map { HostPlan(name: "\(name)-\($0)-1", role: $0, index: 1, groups: []) },
                retries: [.create: 0, .provision: 0], deploy: [Self.step("monitoring", kind: "scripted", line: 12)],
                verify: names.enumerated().map { Self.step($1, kind: "service", line: 20 + $0) })
        }
        return Plan(
            name: "monitoring", file: "matrices/local.yml", project: "/",
            axes: [Axis(name: "os", values: systems), Axis(name: "platform", values: ["scripted"])], cells: cells)
    }

    /// A hundred cases a cell in the large run, with what the other phases have.
    private var names: [String] { self == .large ? (1...96).map { "service application-\($0) is running" } : Self.checks }

    private static func step(_ name: String, kind: String, line: Int) -> StepPlan {
        StepPlan(name: name, kind: kind, options: Document(.null, at: SourceLocation(file: "matrices/local.yml", line: line, column: 5)))
    }

    private var platform: ScriptedPlatform {
        let platform = ScriptedPlatform()
        switch self {
        case .infrastructure:
            platform.beforeCreate { resource in
                guard resource.cell.hasPrefix("rocky9") else { return }
                throw InfrastructureError(
                    "the image of rocky9 was not pulled", why: "registry.example: no such host", next: "check the network",
                    isTransient: false)
            }
        case .leak:
            platform.beforeDestroy { resource in
                guard resource.cell.hasPrefix("debian13"), resource.host?.contains("server") == true else { return }
                throw InfrastructureError("podman rm", why: "device or resource busy", isTransient: false)
            }
        default: break
        }
        return platform
    }

    /// How much the hostile run prints: `SOLTI_HOSTILE_MEGABYTES=100` for a look at what takes long to write.
    static var megabytes: Int { ProcessInfo.processInfo.environment["SOLTI_HOSTILE_MEGABYTES"].flatMap { Int($0) } ?? 2 }

    private var checker: ScriptedChecker {
        ScriptedChecker { check, context in
            switch self {
            case .oneSystem:
                context.cell.name.hasPrefix("rocky10") && check.name.contains("prometheus") && !check.name.hasPrefix("user")
                    ? .failed : .passed
            case .large: context.cell.name.hasPrefix("linux7") && check.name.hasSuffix("-40 is running") ? .failed : .passed
            default: .passed
            }
        }
    }
}
