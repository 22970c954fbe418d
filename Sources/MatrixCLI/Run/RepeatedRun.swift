import MatrixCore

/// `matrix run --repeat`: rounds of one matrix, each a run with its report; in the end, which verdicts changed.
struct RepeatedRun {
    let work: RunWork
    let repetition: Repetition

    /// - Throws: `UsageError` if the rounds would be in each other's way.
    init(_ work: RunWork, _ repetition: Repetition, keep: Keep) throws {
        guard keep != .always else {
            throw UsageError("--repeat would keep the hosts of every round", hint: "keep those that failed: --keep failed")
        }
        self.work = work
        self.repetition = repetition
    }

    /// Runs the rounds and prints their verdicts.
    ///
    /// - Returns: the most serious status of all rounds, and the report of the newest round that did not pass, else of the last.
    func run(_ plan: Plan) async throws -> (status: ExitStatus, reports: String) {
        var verdicts = RepeatedVerdicts()
        var statuses: [ExitStatus] = []
        var reports = ""
        var plan = plan
        var round = 1
        while !plan.cells.isEmpty {
            Terminal.error(
                "round \(round)\(repetition.count.map { " of \($0)" } ?? ""): \(plan.cells.count) cell\(plan.cells.count == 1 ? "" : "s")")
            let ending = try await work.run(plan)
            verdicts.add(ending.result)
            let status = ending.result.exitStatus
            if status != .passed || statuses.allSatisfy({ $0 == .passed }) { reports = ending.reports }
            statuses.append(status)
            // What may be left behind would be in the way of the next round.
            if status.isInterruption || status == .leaked || work.arguments.failFast && status != .passed { break }
            if let count = repetition.count {
                if round >= count { break }
            } else {
                let passing = Set(verdicts.passing)
                plan.keepOnly { passing.contains($0.name) }
            }
            round += 1
        }
        Terminal.output(work.progress.format == .json ? try Terminal.json(verdicts.document) : "\n\(verdicts.text)")
        return (.worst(of: statuses), reports)
    }
}
