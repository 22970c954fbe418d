/// What a step can use while it runs in a cell.
public struct CellContext: Sendable {
    public var run: RunID
    public var cell: CellPlan
    /// The phase that the step belongs to.
    public var phase = Phase.deploy
    /// All hosts of the cell, connected.
    public var hosts: [Host]
    /// All values of `${…}` for the whole cell, secrets included.
    public var scope: Scope
    /// The cell's folder below the report: logs and generated files. Exists.
    public var artifacts: String
    /// The same relative to the report's folder, for attachments: `artifacts/debian12-podman`.
    public var artifactsName: String
    /// This run's folder with mode 0700, for files that hold secrets; removed at the end.
    public var scratch: String
    /// Keeps secrets that a step finds; nil if nothing outlives the step.
    public var secretStore: SecretStore?
    /// Restarts the cell's hosts; nil if nobody can.
    public var restarter: (any HostRestarter)?
    /// What checks remembered of the hosts; nil if nothing outlives the step.
    public var memory: CheckMemory?
    /// The kubeconfig of the cell's cluster; nil if it is not one. Mode 0600: it holds a private key.
    public var kubeconfig: String?
    /// Names of the secrets by their values' variable: `SOLTI_SECRET_<NAME>` → value; for child processes only.
    public var secretEnvironment: [String: String]
    /// Environment variables of every child process: `SOLTI_RUN`, `SOLTI_CELL`, ….
    public var environment: [String: String]
    public var redactor: Redactor
    /// When the deploy began, for the journal.
    public var deployStarted: Timestamp
    /// Told what the step begins to do, in a few words, so that a long step is not silent; the engine redacts and shows it.
    public var announce: @Sendable (String) -> Void = { _ in }

    public init(
        run: RunID, cell: CellPlan, hosts: [Host], scope: Scope, artifacts: String, artifactsName: String, scratch: String,
        secretStore: SecretStore? = nil, kubeconfig: String? = nil, secretEnvironment: [String: String] = [:],
        environment: [String: String] = [:], redactor: Redactor, deployStarted: Timestamp
    ) {
        self.run = run
        self.cell = cell
        self.hosts = hosts
        self.scope = scope
        self.artifacts = artifacts
        self.artifactsName = artifactsName
        self.scratch = scratch
        self.secretStore = secretStore
        self.kubeconfig = kubeconfig
        self.secretEnvironment = secretEnvironment
        self.environment = environment
        self.redactor = redactor
        self.deployStarted = deployStarted
    }

    /// What `${…}` means on one host: the cell's names and `host.name`, `host.address`, `host.role`, `host.fqdn`.
    public func scope(for host: Host) -> Scope {
        scope.adding(cell.names(of: host.plan, at: host.endpoint))
    }

    /// A host's short name in messages and case names.
    public func label(of host: Host) -> String { host.plan.label(in: cell.hosts) }
}
