/// `I/N`: the I-th of N parts of a matrix.
public struct ShardChoice: Sendable, Hashable {
    /// From one to ``count``.
    public let index: Int
    public let count: Int

    init?(index: Int, count: Int) {
        guard count >= 1, (1...count).contains(index) else { return nil }
        self.index = index
        self.count = count
    }

    /// Reads `2/3`; nil if the text is not such a pair, or the part does not exist.
    public init?(_ text: String) {
        let parts = text.split(separator: "/", omittingEmptySubsequences: false).map { Int($0) }
        guard parts.count == 2, let index = parts[0], let count = parts[1] else { return nil }
        self.init(index: index, count: count)
    }

    /// The part that a selected cell belongs to, by its place in plan order: cells are dealt in turn, so that every part gets
    /// some of each system.
    static func part(of position: Int, count: Int) -> Int { position % count + 1 }

    /// The selected cells of every part, the first part first.
    public static func parts<T>(of cells: [T], count: Int) -> [[T]] {
        (1...count).map { part in cells.indices.filter { Self.part(of: $0, count: count) == part }.map { cells[$0] } }
    }
}
