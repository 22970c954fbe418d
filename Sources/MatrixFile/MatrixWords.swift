import MatrixCore

/// The tags and variables of a file, for a shell that completes them. A file with problems has those that can be read.
public struct MatrixWords {
    /// The tags of steps and checks, sorted.
    public let tags: [String]
    /// The variables of the file itself, in its order.
    public let variables: [String]

    /// - Parameter path: a matrix file, or a file of checks.
    public init(of path: String) {
        let document = LoadContext(environment: [:]).document(of: path)
        let parts = document.map { [$0] + ($0["cells"]?.elements ?? []) + ($0["include"]?.elements ?? []) } ?? []
        let items = parts.flatMap { part in StepKeys.List.allCases.flatMap { part[$0.rawValue]?.elements ?? [] } }
        tags = Set((items + (document?.elements ?? [])).flatMap { $0["tags"]?.texts ?? [] }).sorted()
        variables = document?["vars"]?.members.map(\.key) ?? []
    }
}
