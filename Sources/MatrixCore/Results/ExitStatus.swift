/// Works out a run's exit status, as cli.md orders it: 4, then 130/143, then 3, then 1.
public enum ExitStatus {
    /// The one that counts of several.
    public static func worst(of statuses: [Int32]) -> Int32 {
        [4, 130, 143, 3, 1].first { statuses.contains($0) } ?? statuses.max() ?? 0
    }

    /// - Parameter signal: the status that a signal asks for, where one ended the run: 130 or 143.
    public static func of(_ cells: [CellResult], leaks: [Leak], signal: Int32?) -> Int32 {
        if !leaks.isEmpty { return 4 }
        if let signal { return signal }
        let counted = cells.filter { !$0.experimental }
        let reachedVerdict = cells.contains { $0.outcome == .passed || $0.outcome == .failed }
        if !reachedVerdict || counted.contains(where: { $0.outcome == .error }) { return 3 }
        if counted.contains(where: { $0.outcome == .failed }) { return 1 }
        // Only --fail-fast interrupts without a signal, and the cell that caused it counts above.
        return counted.contains { $0.outcome == .interrupted } ? 1 : 0
    }
}
