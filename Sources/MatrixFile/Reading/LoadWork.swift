/// Counts what the cells of a matrix hold together: settings, steps, and values in which references are replaced.
///
/// Each part is small, but cells multiply it. What loops over cells spends here, and stops when nothing is left.
final class LoadWork {
    private let all = LoadLimits.work
    private var left = LoadLimits.work

    var isSpent: Bool { left < 0 }

    func spend(_ amount: Int) {
        // Saturates: the sum of amounts beyond the limit does not matter.
        left = max(-1, left - min(amount, all + 1))
    }

    /// Spends for something that is done `count` times and costs far less than a value of a cell.
    func spend(lightly count: Int) { spend(count / 16 + 1) }
}
