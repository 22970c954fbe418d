public import MatrixCore

/// Reads a YAML file that is not a matrix file, with the same positions and messages.
public struct DocumentLoader {
    public init() {}

    /// Reads a file that must fit a shape.
    ///
    /// - Parameter path: absolute or relative to the working folder; positions show it as it is given.
    /// - Throws: `UsageError` with all problems, in the order of their positions.
    public func load(_ path: String, as shape: ObjectShape) throws -> Document {
        let context = LoadContext(environment: [:])
        let document = context.document(of: path, as: shape).map { context.checker.check($0, against: shape, removing: []) }
        guard let document, !context.problems.hasErrors else { throw UsageError(context.problems.sorted(by: context.sources.files)) }
        return document
    }
}
