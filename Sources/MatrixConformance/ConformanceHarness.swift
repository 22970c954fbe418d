public import MatrixCore

/// What the suite needs of a driver's surroundings: real ones, or a fake of its server.
public protocol ConformanceHarness: Sendable {
    /// The platform's name: a key of ``drivers(of:through:)``.
    var platform: String { get }
    /// What its driver promises with its settings.
    var promises: Promises { get }
    /// The ledger of all processes of the suite.
    var ledger: any Ledger { get }
    /// How long one create, destroy or reap may take.
    var patience: Duration { get }

    /// The record of a run, so that `matrix reap` can clean up after a suite that was killed.
    func record(of run: RunID) -> RunRecord
    /// A cell of one host on the platform.
    func cell(_ name: String, size: HostSize) -> CellPlan
    /// The drivers as a new process of a run makes them, by the platforms' names. All their calls to the outside use the line.
    func drivers(of run: RunID, through line: OutsideLine) async throws -> [String: any Platform]

    /// Logs in to a host that is ready.
    func reach(_ endpoint: Endpoint, of resource: Resource) async throws
    /// All that there is, without the driver: its name, and what a change of it would alter. Nil if only the driver can look.
    func inventory() async throws -> [String: String]?
    /// Makes something that has a resource's name and is not ours. False if that is not possible here.
    func putStranger(named resource: Resource) async throws -> Bool
    /// What a host really has. Nil if that cannot be seen here.
    func size(of resource: Resource) async throws -> HostSize?
    /// What a person sees to before a reap because a message asks for it.
    func repair() async throws
    /// Removes strangers.
    func tidy() async throws
}

extension ConformanceHarness {
    public var patience: Duration { .seconds(120) }
    public func reach(_ endpoint: Endpoint, of resource: Resource) async throws {}
    public func inventory() async throws -> [String: String]? { nil }
    public func putStranger(named resource: Resource) async throws -> Bool { false }
    public func size(of resource: Resource) async throws -> HostSize? { nil }
    public func repair() async throws {}
    public func tidy() async throws {}
}
