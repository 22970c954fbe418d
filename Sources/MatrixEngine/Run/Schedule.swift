import MatrixCore

/// Decides which cell begins next: the first in order whose platform has room, as long as the whole run has room.
struct Schedule {
    private let platforms: [String]
    private let limits: Limits
    private let parallel: Int
    private var waiting: [Int]
    private var running: [String: Int] = [:]
    private var count = 0

    /// - Parameters:
    ///   - order: the cells' positions, the one to begin first at the front.
    ///   - platforms: each cell's platform, by position.
    ///   - parallel: the most cells at once.
    init(_ order: [Int], platforms: [String], limits: Limits, parallel: Int) {
        waiting = order
        self.platforms = platforms
        self.limits = limits
        self.parallel = max(1, parallel)
    }

    /// Takes the next cell that may begin; nil if another must end first, or none is left.
    mutating func next() -> Int? {
        guard count < parallel, let position = waiting.firstIndex(where: { hasRoom(platforms[$0]) }) else { return nil }
        let index = waiting.remove(at: position)
        running[platforms[index], default: 0] += 1
        count += 1
        return index
    }

    /// Frees the places of a cell.
    mutating func finish(_ index: Int) {
        running[platforms[index], default: 1] -= 1
        count -= 1
    }

    private func hasRoom(_ platform: String) -> Bool {
        guard let alive = limits.alive[platform] else { return true }
        return running[platform, default: 0] < max(1, alive)
    }
}
