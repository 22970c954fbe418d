/// What a kind of step or check looks like in the matrix file: its key and what goes with it.
///
/// A deployer's options stand under its key (`ansible: { playbook: … }`); a check's matchers stand beside its key
/// (`service: telegraf`, `enabled: true`).
public struct Declaration: Sendable {
    /// The key that names the kind: `service`, `ansible`.
    public var kind: String
    /// What stands behind the key.
    public var subject: Shape
    /// Keys beside the kind's own; empty for deployers.
    public var keys: [KeyShape]
    /// What the kind does or asks, one sentence without a full stop.
    public var summary: String
    /// Whether a deployer may stand under `verify:` too, where its cases are verdicts as a check's are.
    public var verifies: Bool
    /// A complete example for the reference, as YAML of one list item.
    public var example: String
    /// Finds what shapes cannot say (a file that is not there, two options that exclude each other), before anything is
    /// created. It is given the whole list item of the matrix file.
    public var examine: @Sendable (Document) -> [Diagnostic]

    public init(
        kind: String, subject: Shape, keys: [KeyShape] = [], summary: String, example: String, verifies: Bool = false,
        examine: @escaping @Sendable (Document) -> [Diagnostic] = { _ in [] }
    ) {
        self.kind = kind
        self.subject = subject
        self.keys = keys
        self.summary = summary
        self.example = example
        self.verifies = verifies
        self.examine = examine
    }
}
