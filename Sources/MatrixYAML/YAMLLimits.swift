/// How large a YAML text may be, with its aliases expanded: a few lines of aliases of aliases grow without bounds.
public struct YAMLLimits: Sendable {
    /// The most scalars, lists and maps. A matrix file of 10,000 cells has some 100,000.
    public var values: Int
    /// The most lists and maps inside each other. All readers of a document call themselves for each level.
    public var depth: Int

    /// - Parameters:
    ///   - values: the most scalars, lists and maps.
    ///   - depth: the most lists and maps inside each other.
    public init(values: Int = 200_000, depth: Int = 100) {
        self.values = values
        self.depth = depth
    }
}
