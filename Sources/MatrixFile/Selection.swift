/// What the command line selects from a matrix: cells, steps, and settings that override the file's.
public struct Selection: Sendable {
    /// Globs over cell names; a cell is selected if one matches.
    public var cells: [String]
    /// `axis=glob`; those of one axis are alternatives, every named axis must match.
    public var conditions: [String]
    /// `path=value` with a dotted path and a YAML value, such as `vars.domain=lab.example` or `keep=always`; they override the
    /// file and its `cells:`.
    public var settings: [String]
    /// Tags of deploy steps and checks; steps with none of them, and without `always`, are skipped.
    public var tags: [String]
    /// Which part of the selected cells; nil for all.
    public var shard: ShardChoice?

    public init(cells: [String] = [], conditions: [String] = [], settings: [String] = [], tags: [String] = [], shard: ShardChoice? = nil) {
        self.cells = cells
        self.conditions = conditions
        self.settings = settings
        self.tags = tags
        self.shard = shard
    }
}
