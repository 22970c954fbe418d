/// What a step may use while it runs in a cell.
public struct CellContext: Sendable {
    public var run: RunID
    public var cell: CellPlan
    /// The phase that the step belongs to.
    public var phase = Phase.deploy
    /// All hosts of the cell, connected.
    public var hosts: [Host]
    /// Everything that `${…}` means for the whole cell; secrets included.
    public var scope: Scope
    /// The cell's folder below the report: logs and generated files. Exists.
    public var artifacts: String
    /// The same relative to the report's folder, for attachments: `artifacts/debian12-podman`.
    public var artifactsName: String
    /// A folder of this run's own with mode 0700, for files that hold secrets; removed at the end.
    public var scratch: String
    /// Where secrets are kept that a step comes by; nil where nothing outlives the step.
    public var secretStore: SecretStore?
    /// The Ansible inventory of this cell's hosts.
    public var inventory: String?
    /// A file that leads to the cell's cluster, where it is one; mode 0600, it holds a private key.
    public var kubeconfig: String?
    /// Names of the secrets by their values' variable: `SOLTI_SECRET_<NAME>` → value; for child processes only.
    public var secretEnvironment: [String: String]
    /// What every child process gets: `SOLTI_RUN`, `SOLTI_CELL`, ….
    public var environment: [String: String]
    public var redactor: Redactor
    /// When the deploy began, for the journal.
    public var deployStarted: Timestamp
    public var events: any EventSink

    public init(
        run: RunID, cell: CellPlan, hosts: [Host], scope: Scope, artifacts: String, artifactsName: String, scratch: String,
        secretStore: SecretStore? = nil, inventory: String? = nil, kubeconfig: String? = nil, secretEnvironment: [String: String] = [:],
        environment: [String: String] = [:], redactor: Redactor, deployStarted: Timestamp, events: any EventSink
    ) {
        self.run = run
        self.cell = cell
        self.hosts = hosts
        self.scope = scope
        self.artifacts = artifacts
        self.artifactsName = artifactsName
        self.scratch = scratch
        self.secretStore = secretStore
        self.inventory = inventory
        self.kubeconfig = kubeconfig
        self.secretEnvironment = secretEnvironment
        self.environment = environment
        self.redactor = redactor
        self.deployStarted = deployStarted
        self.events = events
    }

    /// The hosts that a step's `hosts:` names, in plan order.
    public func hosts(selectedBy selector: String?) -> [Host] {
        let names = Set(cell.hosts(selectedBy: selector).map(\.name))
        return hosts.filter { names.contains($0.name) }
    }

    /// What `${…}` means on one host: the cell's names and `host.name`, `host.address`, `host.role`, `host.fqdn`.
    public func scope(for host: Host) -> Scope {
        scope.adding([
            "host.name": host.name, "host.address": host.endpoint.internalAddress, "host.role": host.plan.role,
            "host.fqdn": cell.provision.domain.map { "\(host.name).\($0)" } ?? host.name,
        ])
    }

    /// A text without secrets, for what the report's encoder does not see: files beside the report, and texts that are compared or cut.
    public func withoutSecrets(_ text: String) -> String { redactor.redact(text) }

    /// The beginning and the end of a long text. Cut first, half a secret would stay: nobody knows it by its half.
    public func excerpt(_ text: String, to limit: Int) -> String {
        PlainText.clipped(withoutSecrets(PlainText.clean(text)), to: limit)
    }

    /// A host's short name in messages and case names.
    public func label(of host: Host) -> String { host.plan.label(in: cell.hosts) }

    /// A host's line of output as a log has it: in a cell of several hosts each says whose it is.
    public func labelled(_ line: OutputLine, of host: Host) -> OutputLine {
        cell.hosts.count > 1 ? OutputLine(line.stream, "[\(label(of: host))] \(line.text)") : line
    }
}

/// Makes a bare host what every deployer may rely on: the PROVISION phase.
public protocol Provisioner: Sendable {
    /// Provisions one host; the same again changes nothing.
    ///
    /// - Parameter peers: every host of the cell with its internal address, for /etc/hosts.
    /// - Throws: `InfrastructureError`.
    /// - Returns: facts about the host for reports.
    func provision(
        _ host: Host, of cell: CellPlan, peers: [HostAddress], log: @escaping @Sendable (OutputLine) async -> Void
    ) async throws -> [String: String]
}

/// A host's name and the address by which its peers reach it.
public struct HostAddress: Sendable, Hashable {
    public var name: String
    public var address: String

    public init(name: String, address: String) {
        self.name = name
        self.address = address
    }
}

/// Installs applications: one kind of `deploy:` step.
public protocol Deployer: Sendable {
    var declaration: Declaration { get }
    /// Runs the step. A bad end is a case that failed; only what kept it from a verdict throws.
    ///
    /// - Parameter log: told each line of output while it runs; the engine redacts, shows and keeps it in the step's log.
    /// - Returns: at least one case; the engine fills in phase, step, location and attachments.
    func deploy(_ step: StepPlan, in context: CellContext, log: @escaping @Sendable (OutputLine) async -> Void) async throws -> [CaseResult]
}

/// A deployer whose steps can be taken back, on hosts that outlive the cell.
public protocol RevocableDeployer: Deployer {
    /// Removes what the step put there; nothing there is success.
    func withdraw(_ step: StepPlan, in context: CellContext, log: @escaping @Sendable (OutputLine) async -> Void) async throws
}

/// Asks the checks of a cell.
public protocol Checker: Sendable {
    /// The kinds it knows.
    var declarations: [Declaration] { get }
    /// The names of the cases that a check will make, one a host, known before the run.
    func plannedCases(of check: StepPlan, in cell: CellPlan) -> [PlannedCase]
    /// Checks that every cell gets unasked, before anything is deployed: is this the system that the cell says?
    func guards(for cell: CellPlan) -> [StepPlan]
    /// Asks all checks, each host's together, and returns exactly the planned cases, in plan order; each is followed by those
    /// that only its answer brings, which have its step (the tests of a script).
    ///
    /// - Parameter finished: told each case as soon as it has its verdict.
    func verify(
        _ checks: [StepPlan], in context: CellContext, finished: @escaping @Sendable (CaseResult) -> Void
    ) async throws -> [CaseResult]
}

/// A case before it ran.
public struct PlannedCase: Sendable, Hashable {
    public var phase: Phase
    public var step: String
    public var name: String
    public var host: String?
    public var location: SourceLocation?

    public init(phase: Phase, step: String, name: String, host: String? = nil, location: SourceLocation? = nil) {
        self.phase = phase
        self.step = step
        self.name = name
        self.host = host
        self.location = location
    }

    /// This case as one that did not run.
    public func skipped(because reason: String, at date: Timestamp) -> CaseResult {
        CaseResult(
            phase: phase, step: step, name: name, outcome: .skipped, started: date, seconds: 0, message: reason, location: location, host: host)
    }
}

/// Turns a finished run into one document.
public protocol Reporter: Sendable {
    /// Writes into the report's folder and returns the files' names.
    func write(_ result: RunResult, into directory: String) throws -> [String]
}
