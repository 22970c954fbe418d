/// A place that provides hosts: a hypervisor, a cloud, a cluster, a container engine, a pool of machines.
///
/// A cell's resources come in stages (a network, then the hosts on it); those of a stage are acquired at once, and released
/// in the reverse order. Every call may be repeated; none may touch what lacks this run's tag.
public protocol Platform: Sendable {
    /// The name in the matrix file.
    var name: String { get }
    /// Whether its hosts outlive the cell: then everything installed on them must be removed first.
    var hostsLiveOn: Bool { get }

    /// Finds what this platform cannot give, all at once, before anything is created.
    func preflight(_ cells: [CellPlan]) async -> [PreflightProblem]
    /// The same for a run, whose cells need not wait for all answers.
    ///
    /// - Parameter possible: told a cell as soon as it is certain that the platform can give it everything.
    func preflight(_ cells: [CellPlan], possible: @escaping @Sendable (_ cell: String) -> Void) async -> [PreflightProblem]
    /// What the hosts of cells would be made from, and why from that: for `matrix plan`. Nothing from a platform that has no choice and
    /// nothing to prepare, or that cannot be asked.
    func origins(of cells: [CellPlan]) async -> [HostOrigin]
    /// Waits until there is room for all hosts of a cell and reserves it; ends with cancellation.
    ///
    /// Runs before the create phase and its timeout, as another run may hold the room for long. What is reserved and never created is
    /// part of what `remaining(of:)` finds.
    /// - Parameter waiting: told the reason for each wait.
    func reserve(_ cell: CellPlan, run: RunID, expires: Timestamp?, waiting: @escaping @Sendable (String) -> Void) async throws
    /// Creates what several cells share and what outlives the run (an image, a template); cells of the same system wait for
    /// each other inside. May do nothing.
    func prepare(_ cell: CellPlan, progress: @escaping @Sendable (String) -> Void) async throws
    /// What a cell needs, in stages, each resource still without an id.
    func resources(for cell: CellPlan, run: RunID, expires: Timestamp?) -> [[Resource]]
    /// Creates one resource and returns it with its id and details as soon as the platform has named it.
    ///
    /// After a lost reply it looks the name up, and adopts the resource only if it carries this run's tag.
    func create(_ resource: Resource, for cell: CellPlan) async throws -> Resource
    /// Waits until a host's SSH can be tried, and says how to reach it. Only for resources with a `host`.
    ///
    /// - Parameter waiting: told the reason for each wait.
    func ready(_ resource: Resource, for cell: CellPlan, waiting: @escaping @Sendable (String) -> Void) async throws -> Endpoint
    /// A connection to a host that the platform has open already, for a host that is ready; nil if the engine is to open one.
    ///
    /// To close it ends only the engine's use of it.
    func connection(to resource: Resource, at endpoint: Endpoint) async throws -> (any Transport)?
    /// Removes a resource and asks again to confirm. If it is already gone, that is success.
    func destroy(_ resource: Resource) async throws
    /// A run's existing resources, by its tag.
    func remaining(of run: RunID) async throws -> [Resource]
    /// All existing resources with our owner's tag, of any run.
    func owned() async throws -> [Resource]
    /// Powers a kept host on or off.
    func power(_ resource: Resource, on: Bool) async throws
    /// How a host is restarted by a step of its cell.
    func restart(of resource: Resource) -> RestartWay
    /// How long a create that nobody waits for any more (its process was killed, its reply was lost) may still create this resource,
    /// counted from its last request. Zero if that is impossible. Until then the ledger keeps the intent.
    func settleTime(of resource: Resource) async -> Duration
    /// What a cell's hosts cost together while they exist; nil if they are free or the price is unknown.
    ///
    /// - Throws: `InfrastructureError` if the prices could not be read.
    func price(of cell: CellPlan) async throws -> Price?
    /// What a created resource costs while it exists, at the price of its creation.
    func price(of resource: Resource) -> Price?
    /// Facts about a host for reports: image, template, node.
    func facts(_ resource: Resource) -> [String: String]
    /// Ends the connections that the platform keeps. It can be used again afterwards.
    func close() async
    /// What the platform knows of a host whose connection was lost: it was stopped, its memory was taken. Nil if nothing explains it.
    func trouble(with resource: Resource) async -> String?
    /// What there is to see of a host that did not come up, the most telling piece first; empty if nothing can be seen.
    ///
    /// Called before such a host is removed or kept, for one that may be half made. The engine gives it ``QuestionLimit/evidence`` and
    /// then cancels it: a driver that asks several sources asks them at once. It changes nothing on the host, and what cannot be read
    /// is left out.
    func evidence(of resource: Resource) async -> [Evidence]
    /// What is kept with the report of every host before it is removed, whether it came up or not: its console. It is read as
    /// ``evidence(of:)`` is.
    func records(of resource: Resource) async -> [Evidence]
    /// The commands by which a person enters a kept host that SSH does not reach, or sees its output; empty if there are none. Asks nobody.
    func entrances(to resource: Resource) -> [String]
}

extension Platform {
    public func preflight(_ cells: [CellPlan], possible: @escaping @Sendable (_ cell: String) -> Void) async -> [PreflightProblem] {
        await preflight(cells)
    }
    public func connection(to resource: Resource, at endpoint: Endpoint) async throws -> (any Transport)? { nil }
    public func close() async {}
    public func origins(of cells: [CellPlan]) async -> [HostOrigin] { [] }
    public func reserve(_ cell: CellPlan, run: RunID, expires: Timestamp?, waiting: @escaping @Sendable (String) -> Void) async throws {}
    public var hostsLiveOn: Bool { false }
    public func prepare(_ cell: CellPlan, progress: @escaping @Sendable (String) -> Void) async throws {}
    public func price(of cell: CellPlan) async throws -> Price? { nil }
    public func price(of resource: Resource) -> Price? { resource.price }
    public func facts(_ resource: Resource) -> [String: String] { [:] }
    public func settleTime(of resource: Resource) async -> Duration { .seconds(10) }
    public func restart(of resource: Resource) -> RestartWay { .bySystem }
    public func trouble(with resource: Resource) async -> String? { nil }
    public func evidence(of resource: Resource) async -> [Evidence] { [] }
    public func records(of resource: Resource) async -> [Evidence] { [] }
    public func entrances(to resource: Resource) -> [String] { [] }
}

/// What the hosts of some cells are made from.
public struct HostOrigin: Sendable, Hashable {
    /// The names of the cells.
    public var cells: [String]
    /// `template debian12-template (9003 on pve1)`.
    public var source: String
    /// Why this one: `the newest of 2: …`.
    public var reason: String
    /// What is made of it before the first host: `the image of debian12 is built first`. Nil if nothing is.
    public var preparation: String?

    public init(cells: [String], source: String, reason: String, preparation: String? = nil) {
        self.cells = cells
        self.source = source
        self.reason = reason
        self.preparation = preparation
    }
}

/// Something that a platform lacks for some cells.
public struct PreflightProblem: Sendable, Hashable {
    /// How it counts.
    public enum Severity: Sendable {
        /// The platform does not offer the cells' system: `unavailable:` decides what happens to them.
        case unavailable
        /// The cells cannot run.
        case error
        /// They can.
        case warning
    }

    public var severity: Severity
    /// The names of the cells; empty for all of the platform.
    public var cells: [String]
    public var message: String
    /// What to do; a command to paste if there is one.
    public var next: String?

    public init(_ severity: Severity, cells: [String] = [], _ message: String, next: String? = nil) {
        self.severity = severity
        self.cells = cells
        self.message = message
        self.next = next
    }
}
