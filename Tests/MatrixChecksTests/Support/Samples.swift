import MatrixCore
import MatrixTesting

@testable import MatrixChecks

/// Cells, hosts and checks for tests.
enum Samples {
    static let debian = OperatingSystem(
        name: "debian12", family: "debian", packageManager: .apt, release: .init(id: "debian", version: "12"))
    static let rocky = OperatingSystem(name: "rocky9", family: "rhel", packageManager: .dnf, release: .init(id: "rocky", version: "9"))

    static func item(_ yaml: String, os: OperatingSystem = debian, origin: CheckModifiers.Origin = .host) throws -> CheckItem {
        let options = try YAMLDocument.read(yaml)
        return CheckItem(kind: try kind(of: options), options: options, origin: origin, os: os)
    }

    /// A check with its kind, judged from a canned answer.
    static func judge(_ yaml: String, output: String = "", error: String = "", status: Int32 = 0, os: OperatingSystem = debian) throws
        -> Judgement
    {
        let check = try check(yaml, os: os)
        let answer = ProbeAnswer(end: .status(status), output: Array(output.utf8), error: Array(error.utf8))
        guard let probed = check as? any ProbedCheck else { throw YAMLDocument.Unreadable() }
        return try probed.judge(answer)
    }

    /// What the host says of a journal that nothing was taken from, since its first boot a thousand seconds ago.
    static let wholeJournal = """
        oldest={"__REALTIME_TIMESTAMP":"1764400001000000"}
        first={"__REALTIME_TIMESTAMP":"1764400002000000","MESSAGE_ID":"f77379a8490b408bbe5f6940505a777b"}
        boot=1764400000
        ready=1764400010
        journald=1764400001
        identity=1764400001

        """

    static func check(_ yaml: String, os: OperatingSystem = debian) throws -> any Check {
        let item = try item(yaml, os: os)
        guard let kind = type(item.kind) else { throw YAMLDocument.Unreadable() }
        return try kind.init(item)
    }

    static func examine(_ yaml: String) throws -> [String] {
        let options = try YAMLDocument.read(yaml)
        guard let kind = type(try kind(of: options)) else { throw YAMLDocument.Unreadable() }
        return kind.declaration.examine(options).map(\.description)
    }

    static func type(_ kind: String) -> (any Check.Type)? { CheckCatalogue.kinds.first { $0.declaration.kind == kind } }

    static func step(_ name: String, _ yaml: String, hosts: String? = nil, modifiers: CheckModifiers = CheckModifiers()) throws -> StepPlan
    {
        let options = try YAMLDocument.read(yaml)
        return StepPlan(
            name: name, kind: try kind(of: options), options: options, hosts: hosts, timeout: options["timeout"]?.duration,
            modifiers: modifiers)
    }

    /// The kind is the one key that accepts all the others, as MatrixFile decides it.
    static func kind(of options: Document) throws -> String {
        let common: Set = [
            "name", "hosts", "from", "as", "timeout", "within", "every", "stable", "when", "tags", "waive", "after", "remember", "recall",
        ]
        let keys = options.members.map(\.key).filter { !common.contains($0) }
        let fitting = CheckCatalogue.kinds.map { $0.declaration }.filter { declaration in
            keys.contains(declaration.kind) && keys.allSatisfy { $0 == declaration.kind || declaration.keys.map(\.name).contains($0) }
        }
        guard fitting.count == 1 else { throw YAMLDocument.Unreadable() }
        return fitting[0].kind
    }

    static func cell(hosts: [HostPlan] = [HostPlan(name: "debian12-podman")], os: OperatingSystem = debian, verify: [StepPlan] = [])
        -> CellPlan
    {
        CellPlan(name: "debian12-podman", point: [], os: os, platform: "podman", hosts: hosts, verify: verify)
    }

    static func context(_ cell: CellPlan, transports: [any Transport], redactor: Redactor = Redactor(), scope: Scope = Scope())
        -> CellContext
    {
        let run = RunID("261123-050122-test")
        let hosts = zip(cell.hosts, transports).map { plan, transport in
            Host(
                plan: plan,
                resource: Resource(platform: "podman", kind: "container", name: plan.name, run: run, cell: cell.name),
                endpoint: Endpoint(address: "127.0.0.1", user: "root", keyFile: "", knownHostsFile: "", alias: plan.name),
                transport: transport)
        }
        return CellContext(
            run: run, cell: cell, hosts: hosts, scope: scope, artifacts: "/tmp", artifactsName: "artifacts", scratch: "/tmp",
            redactor: redactor,
            deployStarted: .now)
    }

    /// Asks checks of a cell of one host.
    static func verify(
        _ steps: [StepPlan], over transport: any Transport, os: OperatingSystem = debian, redactor: Redactor = Redactor()
    ) async throws -> [CaseResult] {
        let cell = cell(os: os, verify: steps)
        return try await CheckRunner().verify(steps, in: context(cell, transports: [transport], redactor: redactor)) { _ in }
    }
}
