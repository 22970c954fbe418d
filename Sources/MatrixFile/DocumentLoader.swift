public import MatrixCore

/// Reads a YAML file that is not a matrix file, with the same positions and messages.
public struct DocumentLoader {
    public init() {}

    /// Reads a file that must fit a shape.
    ///
    /// - Parameter path: absolute or relative to the working folder; positions show it as it is given.
    /// - Throws: `UsageError` with all problems, in the order of their positions.
    public func load(_ path: String, as shape: ObjectShape) throws -> Document {
        let input = Input(environment: [:])
        let document = input.document(of: path).map { input.checker.check($0, against: shape, removing: []) }
        guard let document, !input.problems.hasErrors else { throw UsageError(input.problems.sorted(by: input.sources.files)) }
        return document
    }
}
