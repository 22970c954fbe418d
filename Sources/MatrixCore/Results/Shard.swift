/// One of the parts into which `--shard I/N` cuts a matrix, so that several runners share it.
public struct Shard: Sendable, Hashable, Codable {
    /// From one.
    public var index: Int
    public var count: Int
    /// The cells of all shards together, in plan order: what a merged result must account for.
    public var cells: [Cell]
    /// Whether the matrix has an `after:` command, which the merge runs; nil if it has none.
    public var after: Bool?

    public init(index: Int, count: Int, cells: [Cell]) {
        self.index = index
        self.count = count
        self.cells = cells
    }

    /// A cell as planned; any shard may run it.
    public struct Cell: Sendable, Hashable, Codable {
        public var name: String
        public var point: [AxisValue]
        public var platform: String
        public var experimental: Bool
        /// The shard that runs it, from one.
        public var shard: Int

        public init(name: String, point: [AxisValue], platform: String, experimental: Bool = false, shard: Int) {
            self.name = name
            self.point = point
            self.platform = platform
            self.experimental = experimental
            self.shard = shard
        }
    }
}
