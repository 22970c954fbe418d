/// The command that runs on this machine when a run has ended: `after:`.
public struct AfterRun: Sendable {
    /// The program and its arguments.
    public var words: [String]
    /// The folder of the matrix file, in which it runs.
    public var folder: String
    /// Its further environment; `${secrets.x}` is resolved when it runs.
    public var environment: [String: String]
    /// Names that a text of the environment may hold beside secrets.
    public var names: [String: String] = [:]
    public var timeout: Duration
    /// The phases whose staged verbs (`matrix verify`) run it too.
    public var stages: Set<Phase>
    public var location: SourceLocation

    public init(
        words: [String], folder: String, environment: [String: String] = [:], timeout: Duration = .seconds(60), stages: Set<Phase> = [],
        location: SourceLocation
    ) {
        self.words = words
        self.folder = folder
        self.environment = environment
        self.timeout = timeout
        self.stages = stages
        self.location = location
    }

    /// The names of the secrets that its environment holds.
    public var secrets: Set<String> {
        let references = environment.values.flatMap { Template.references(in: $0) }.map(\.name)
        return Set(references.filter { $0.hasPrefix("secrets.") }.map { String($0.dropFirst("secrets.".count)) })
    }
}
