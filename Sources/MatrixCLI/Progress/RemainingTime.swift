import MatrixCore

/// Estimates when a run ends: the cells that run now finish in the time that they took before, and those that wait take their places.
enum RemainingTime {
    /// - Parameters:
    ///   - running: the seconds that each running cell has run, and is expected to take.
    ///   - waiting: the seconds that each cell that has not begun is expected to take.
    /// - Returns: seconds; nil if no cell's time is known.
    static func seconds(running: [(spent: Double, expected: Double?)], waiting: [Double?]) -> Double? {
        let known = running.compactMap(\.expected) + waiting.compactMap(\.self)
        guard !known.isEmpty, !running.isEmpty else { return nil }
        // A cell that never ran before takes as long as the others.
        let usual = known.reduce(0, +) / Double(known.count)
        var places = running.map { max(0, ($0.expected ?? usual) - $0.spent) }
        for expected in waiting.map({ $0 ?? usual }).sorted(by: >) {
            guard let first = places.indices.min(by: { places[$0] < places[$1] }) else { break }
            places[first] += expected
        }
        return places.max()
    }
}
