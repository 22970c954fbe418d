public import MatrixCore
public import MatrixRemote
public import MatrixWeb

/// What every platform driver is created with: its access to the outside world.
public struct PlatformContext: Sendable {
    /// The state folder, absolute; each driver keeps its caches in a folder below it.
    var state: String
    /// The run's keys; nil if a later process only lists and destroys.
    public var access: RunAccess?
    /// Runs programs on this machine.
    var runner: any Transport
    var redactor: Redactor
    /// The secrets that the settings name, by the path of their key: `token`, `token.secret`.
    var secrets: [String: String]
    /// Claims on ids and addresses, shared by all runs of this machine; nil if only this process knows of them.
    var claims: (any ClaimBook)?
    /// Hosts that exist before and after every run, shared likewise; nil if there is no ledger.
    var pools: (any PoolBook)?
    /// Opens SSH connections, for drivers that work on a hypervisor itself; nil if there are none.
    var connector: (any Connector)?
    /// The platforms whose hosts the settings use (``Declaration/lenders``), by name.
    var lenders: [String: any Platform]
    /// Stands between a driver and the network of its API: to log it, or to replay a log in its place.
    var web: @Sendable (any WebTransport) -> any WebTransport
    /// Told each request to an API that is not a web request, such as `pvesh` on a node, with its answer.
    var noted: Noted

    /// Takes an exchange, which is made only if somebody keeps it.
    public typealias Noted = @Sendable (_ exchange: () -> Exchange) -> Void

    public init(
        state: String, access: RunAccess?, runner: any Transport, redactor: Redactor, secrets: [String: String] = [:],
        claims: (any ClaimBook)? = nil, pools: (any PoolBook)? = nil, connector: (any Connector)? = nil,
        lenders: [String: any Platform] = [:],
        web: @escaping @Sendable (any WebTransport) -> any WebTransport = { $0 },
        noted: @escaping Noted = { _ in }
    ) {
        self.state = state
        self.access = access
        self.runner = runner
        self.redactor = redactor
        self.secrets = secrets
        self.claims = claims
        self.pools = pools
        self.connector = connector
        self.lenders = lenders
        self.web = web
        self.noted = noted
    }
}
