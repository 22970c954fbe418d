import MatrixCore

/// What every part of one loading shares: the outside world and the gathered problems.
struct Input {
    let environment: [String: String]
    let problems: Problems
    let sources: SourceTexts
    let checker: ShapeChecker
    let missing = MissingVariables()

    init(environment: [String: String]) {
        self.environment = environment
        problems = Problems()
        sources = SourceTexts()
        checker = ShapeChecker(problems: problems)
    }

    var home: String? { environment["HOME"] }

    /// The absolute path that a scalar names, relative to the file in which it stands.
    func path(_ document: Document) -> String? {
        document.text.map { FileReference.resolve($0, namedIn: document.location.file, home: home) }
    }
}
