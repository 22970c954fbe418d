public import MatrixCore

/// Reads a YAML file that is no matrix file, with the same positions and messages.
public struct DocumentLoader {
    private let environment: [String: String]

    public init(environment: [String: String] = [:]) {
        self.environment = environment
    }

    /// Reads a file that must fit a shape.
    ///
    /// - Parameter path: absolute or relative to the working folder; positions name it as it is given.
    /// - Throws: `UsageError` with all problems, in the order of their positions.
    public func load(_ path: String, as shape: ObjectShape) throws -> Document {
        let input = Input(environment: environment)
        let document = try read(path, input).map { input.checker.check($0, against: shape, removing: []) }
        guard let document, !input.problems.hasErrors else { throw UsageError(input.problems.sorted(by: input.sources.files)) }
        return document
    }

    private func read(_ path: String, _ input: Input) throws -> Document? {
        let text: String
        do {
            text = try input.sources.read(path)
        } catch {
            throw UsageError("cannot read `\(path)`: \(error.reason)", hint: "check the path")
        }
        if let document = YAMLReader(file: path, problems: input.problems).document(of: text) { return document }
        if !input.problems.hasErrors {
            input.problems.error(at: SourceLocation(file: path, line: 1, column: 1), "the file is empty", hint: "it must be a map")
        }
        return nil
    }
}
