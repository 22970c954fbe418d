import MatrixCore
import MatrixTesting
import Testing

@testable import MatrixDeployers
@testable import MatrixEngine

/// A temporary folder with a cell whose steps can be run in it; removed with the object.
final class Sandbox: Sendable {
    var path: String { folder.path }
    let runner: any Transport
    let redactor = Redactor()
    private let folder: TemporaryFolder
    private let log = LineRecorder()

    /// - Parameters:
    ///   - runner: runs what steps run on this machine; by default nothing.
    ///   - folder: the start of its folder's name.
    init(runner: any Transport = ScriptedTransport(), folder name: String = "mxd") throws {
        self.runner = runner
        folder = try TemporaryFolder(name)
        for name in ["artifacts", "scratch"] { try FileSystem.makeFolder("\(path)/\(name)") }
    }

    /// Writes a file below the folder and returns its path.
    @discardableResult
    func write(_ text: String, to name: String) throws -> String {
        let file = "\(path)/\(name)"
        try FileSystem.makeFolder(Paths.folder(of: file))
        try NewFile.write(text, to: file)
        return file
    }

    /// A value as it would stand in `matrix.yml` of the folder.
    func document(_ value: Value) -> Document {
        let location = SourceLocation(file: "\(path)/matrix.yml", line: 1, column: 1)
        switch value {
        case .null: return Document(.null, at: location)
        case .list(let elements): return Document(.list(elements.map(document)), at: location)
        case .map(let members):
            let sorted = members.sorted { $0.key < $1.key }
            return Document(.map(sorted.map { .init(key: $0.key, keyLocation: location, value: document($0.value)) }), at: location)
        case .string(let text): return Document(.scalar(text, plain: false), at: location)
        default: return Document(.scalar(value.text, plain: true), at: location)
        }
    }

    func step(
        _ kind: String, _ subject: Value, name: String = "site", hosts: String? = nil, beside: [String: Value] = [:],
        env: [String: String] = [:]
    )
        -> StepPlan
    {
        let options = document(.map(beside.merging([kind: subject, "name": .string(name)]) { $1 }))
        return StepPlan(name: name, kind: kind, options: options, hosts: hosts, environment: env)
    }

    /// A cell with a host for each role; none of them is asked for more than its endpoint unless a transport is given.
    func context(
        roles: [String] = ["host"], endpoint: Endpoint? = nil, transport: (any Transport)? = nil, secrets: [String: String] = [:],
        scope more: [String: String] = [:], vars: [String: Value] = [:], inventory: InventoryPlan = InventoryPlan()
    ) -> CellContext {
        let single = roles.count == 1
        let plans = roles.map {
            HostPlan(name: single ? "debian12-podman" : "debian12-podman-\($0)-1", role: $0, groups: ["grouped-\($0)"])
        }
        let os = OperatingSystem(name: "debian12", family: "debian", packageManager: .apt, release: .init(id: "debian", version: "12"))
        var cell = CellPlan(
            name: "debian12-podman", point: [AxisValue(axis: "os", value: "debian12"), AxisValue(axis: "platform", value: "podman")],
            os: os,
            platform: "podman", hosts: plans, vars: vars)
        cell.inventory = inventory
        for secret in secrets.values { redactor.hide(secret) }
        let scope = Scope(Dictionary(secrets.map { ("secrets.\($0.key)", $0.value) }) { $1 }).adding(more)
        return CellContext(
            run: RunID("261123-050122-k3f9"), cell: cell, hosts: plans.map { host($0, endpoint, transport) }, scope: scope,
            artifacts: "\(path)/artifacts", artifactsName: "artifacts/debian12-podman", scratch: "\(path)/scratch",
            secretEnvironment: Dictionary(secrets.map { ("SOLTI_SECRET_\($0.key.uppercased())", $0.value) }) { $1 },
            environment: ["SOLTI_RUN": "261123-050122-k3f9", "SOLTI_CELL": "debian12-podman"], redactor: redactor, deployStarted: .now)
    }

    private func host(_ plan: HostPlan, _ endpoint: Endpoint?, _ transport: (any Transport)?) -> Host {
        let closed = Endpoint(
            address: "127.0.0.1", port: 1, user: "root", keyFile: "\(path)/id", knownHostsFile: "\(path)/known hosts",
            alias: "\(plan.name)-k3f9",
            hostKeys: ["ssh-ed25519 AAAA"])
        let resource = Resource(
            platform: "podman", kind: "container", name: plan.name, run: RunID("261123-050122-k3f9"), cell: "debian12-podman")
        return Host(plan: plan, resource: resource, endpoint: endpoint ?? closed, transport: transport ?? ScriptedTransport())
    }

    /// Runs a step by the deployer of its kind.
    func run(_ step: StepPlan, in context: CellContext) async throws -> [CaseResult] {
        let deployer = try #require(DeployerCatalogue.all(runner: runner).first { $0.declaration.kind == step.kind })
        let log = self.log
        return recorded(try await deployer.deploy(step, in: context) { log.add($0.labelled) })
    }

    /// Cases as the record of a cell has them.
    func recorded(_ cases: [CaseResult]) -> [CaseResult] { cases.map(redactor.redact(unplanned:)) }

    /// Logs a line, for steps that run by a deployer which a test makes.
    func note(_ line: OutputLine) { log.add(line.labelled) }

    /// All that steps logged.
    var logged: String { log.lines.joined(separator: "\n") }

    /// What the diagnostics of a step's declaration say.
    func diagnostics(_ step: StepPlan) -> [String] {
        DeployerCatalogue.all(runner: runner).first { $0.declaration.kind == step.kind }?.declaration.examine(step.options).map(
            \.description) ?? []
    }

    /// The names of the files below the folder whose bytes hold a text.
    func files(holding text: String) -> [String] {
        FileSystem.files(below: path).filter { FileSystem.text(of: "\(path)/\($0)")?.contains(text) == true }
    }
}
