/// What a kind of step or check looks like in the matrix file: its key and what goes with it.
///
/// A deployer's options are under its key (`ansible: { playbook: … }`); a check's matchers are beside its key
/// (`service: telegraf`, `enabled: true`).
public struct Declaration: Sendable {
    /// The key that names the kind: `service`, `ansible`.
    public var kind: String
    /// The value of the key.
    public var subject: Shape
    /// Keys beside the kind's own; empty for deployers.
    public var keys: [KeyShape]
    /// What the kind does or asks, one sentence without a full stop.
    public var summary: String
    /// Whether a deployer may stand under `verify:` too, where its cases are verdicts like those of a check.
    public var verifies: Bool
    /// Whether a deployer may stand under `deploy:` only.
    public var deploysOnly: Bool
    /// Whether a check can be asked from elsewhere than the host: from the runner or a role.
    public var asksFromElsewhere: Bool
    /// Whether a check can remember what it saw, for a later check of its kind.
    public var remembers: Bool
    /// Whether a list behind the key is one command: its program names the step.
    public var isCommand: Bool
    /// The programs of the runner that a list item of this kind, or a driver with these settings, uses.
    public var programs: @Sendable (Document) -> [ProgramNeed]
    /// The names of the platforms that lend a driver with these settings its hosts, each with its position in the settings.
    public var lenders: @Sendable (Document) -> [Document]
    /// The groups that a driver gives a host by its role, and by whether it is its cell's only host.
    public var groups: @Sendable (_ role: String, _ isAlone: Bool) -> [String]
    /// What a driver with these settings promises; without settings: what drivers of the kind promise.
    public var promises: @Sendable (Document?) -> Promises
    /// A complete example for the reference, as YAML of one list item.
    var example: String
    /// Finds what shapes cannot say (a file that is not there, two options that exclude each other), before anything is
    /// created. It is given the whole list item of the matrix file.
    public var examine: @Sendable (Document) -> [Diagnostic]

    public init(
        kind: String, subject: Shape, keys: [KeyShape] = [], summary: String, example: String, verifies: Bool = false,
        deploysOnly: Bool = false, asksFromElsewhere: Bool = false, remembers: Bool = false, isCommand: Bool = false,
        programs: @escaping @Sendable (Document) -> [ProgramNeed] = { _ in [] },
        lenders: @escaping @Sendable (Document) -> [Document] = { _ in [] },
        groups: @escaping @Sendable (String, Bool) -> [String] = { _, _ in [] },
        promises: @escaping @Sendable (Document?) -> Promises = { _ in Promises() },
        examine: @escaping @Sendable (Document) -> [Diagnostic] = { _ in [] }
    ) {
        self.kind = kind
        self.subject = subject
        self.keys = keys
        self.summary = summary
        self.example = example
        self.verifies = verifies
        self.deploysOnly = deploysOnly
        self.asksFromElsewhere = asksFromElsewhere
        self.remembers = remembers
        self.isCommand = isCommand
        self.programs = programs
        self.lenders = lenders
        self.groups = groups
        self.promises = promises
        self.examine = examine
    }
}

/// A program that `matrix` runs for a kind of step, check or platform.
public enum ProgramNeed: Sendable, Hashable {
    /// It is required.
    case needed(String)
    /// Only a part needs it.
    case useful(String)
}
