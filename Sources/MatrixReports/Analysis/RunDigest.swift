public import MatrixCore

/// A finished run as every report shows it, for displays in other modules: the headline, the problems grouped by cause, the cells.
public struct RunDigest: Sendable {
    /// One entry of "What broke".
    public struct Cause: Sendable {
        public let outcome: Outcome
        /// Whether it does not change the exit status.
        public let isExperimental: Bool
        /// The step and the name of the case; empty for a problem of the run as a whole.
        public let title: String
        /// How many other cases have the same message in the same cells.
        public let others: Int
        /// What was wrong, on one line.
        public let message: String
        /// The names of the cells that have it, in plan order.
        public let cells: [String]
        /// Where in the matrix it is: `fails only on rocky10; passes on rocky9, debian12`.
        public let place: String
        /// The case to quote.
        public let example: CaseResult
        /// The command that runs only these cells again.
        public let command: String
    }

    public let outcome: Outcome
    /// How the run ended: `✗ 1 of 4 cells failed`.
    public let sentence: String
    /// The exit status with its meaning, as a sentence.
    public let status: String
    /// In plan order; if the parts of the result disagree, with the worse one.
    public let cells: [CellResult]
    /// First those that change the exit status, then by number of cells.
    public let causes: [Cause]

    public init(_ result: RunResult) {
        let run = ReportedRun(result)
        let verdict = Verdict(run)
        outcome = verdict.outcome
        sentence = verdict.sentence
        status = verdict.status
        cells = run.cells
        causes = ProblemGroups.all(of: run).map { Cause($0, of: result) }
    }
}

extension RunDigest.Cause {
    fileprivate init(_ group: ProblemGroup, of result: RunResult) {
        outcome = group.example.outcome
        isExperimental = group.isExperimental
        others = group.otherNames.count
        message = group.message
        cells = group.affected.map(\.cell.name).filter { !$0.isEmpty }
        place = group.localisation.sentence
        example = group.example
        command = group.command(file: result.file, options: result.environment["options"])
        title = cells.isEmpty ? "" : group.title
    }
}
