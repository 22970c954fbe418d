public import MatrixCore

/// The parts that an engine works with, each behind its protocol.
public struct EngineDependencies: Sendable {
    /// By the platforms' names in the matrix file.
    var platforms: [String: any Platform]
    public var ledger: any Ledger
    var connector: any Connector
    var provisioner: any Provisioner
    /// By kind.
    var deployers: [String: any Deployer]
    var checker: any Checker
    var inventory: any InventoryWriter
    /// Asks hosts what steps change on them.
    var surveyor: any Surveyor
    /// Receives raw events; every sink behind it gets them without secrets.
    public let events: any EventSink
    public let redactor: Redactor
    /// Values by name, resolved before the run.
    public let secrets: [String: String]

    public init(
        platforms: [String: any Platform], ledger: any Ledger, connector: any Connector, provisioner: any Provisioner,
        deployers: [any Deployer], checker: any Checker, inventory: any InventoryWriter, events: any EventSink, redactor: Redactor,
        secrets: [String: String] = [:], surveyor: any Surveyor = NoSurveyor()
    ) {
        self.surveyor = surveyor
        self.platforms = platforms
        self.ledger = ledger
        self.connector = connector
        self.provisioner = provisioner
        self.deployers = Dictionary(deployers.map { ($0.declaration.kind, $0) }) { first, _ in first }
        self.checker = checker
        self.inventory = inventory
        self.events = RedactingSink(sink: events, redactor: redactor)
        self.redactor = redactor
        self.secrets = secrets
    }
}

/// Surveys nothing: every host has the same before and after a step.
public struct NoSurveyor: Surveyor {
    public init() {}

    public func survey(_ host: Host) async throws -> HostSurvey { HostSurvey() }
}
