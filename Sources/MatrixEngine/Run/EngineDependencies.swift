public import MatrixCore

/// The parts that an engine works with, each behind its protocol.
public struct EngineDependencies: Sendable {
    /// By the platforms' names in the matrix file.
    public var platforms: [String: any Platform]
    public var ledger: any Ledger
    public var connector: any Connector
    public var provisioner: any Provisioner
    /// By kind.
    public var deployers: [String: any Deployer]
    public var checker: any Checker
    public var inventory: any InventoryWriter
    /// Receives raw events; every sink behind it gets them without secrets.
    public let events: any EventSink
    public let redactor: Redactor
    /// Values by name, resolved before the run.
    public var secrets: [String: String]
    public var access: RunAccess

    public init(
        platforms: [String: any Platform], ledger: any Ledger, connector: any Connector, provisioner: any Provisioner,
        deployers: [any Deployer], checker: any Checker, inventory: any InventoryWriter, events: any EventSink, redactor: Redactor,
        secrets: [String: String] = [:], access: RunAccess
    ) {
        self.platforms = platforms
        self.ledger = ledger
        self.connector = connector
        self.provisioner = provisioner
        self.deployers = Dictionary(deployers.map { ($0.declaration.kind, $0) }) { first, _ in first }
        self.checker = checker
        self.inventory = inventory
        self.events = RedactingSink(events, redactor: redactor)
        self.redactor = redactor
        self.secrets = secrets
        self.access = access
    }
}
