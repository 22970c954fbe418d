import MatrixCore
import MatrixEngine

/// Writes a run's reports while it goes on: from its start, and again as cells end. If the process dies, the last one remains, in which
/// everything without a result is an error.
struct ReportDrafts: Sendable {
    let run: RunSoFar
    let folder: String
    var writer = ReportWriter()

    /// Writes the first draft.
    ///
    /// - Returns: the reports that were written.
    func begin() -> WrittenReports {
        var result = run.result()
        return writer.write(&result, into: folder)
    }

    /// Writes drafts while `work` runs. Returns when the last one is written: the final reports follow.
    func kept<R: Sendable>(during work: () async -> R) async -> R {
        let writing = Task {
            for await _ in run.changes {
                let start = ContinuousClock.now
                _ = begin()
                // Writing takes a twentieth of a processor at most, however many cells end.
                try? await Task.sleep(for: max(.seconds(1), (ContinuousClock.now - start) * 20))
            }
        }
        let result = await work()
        run.end()
        writing.cancel()
        await writing.value
        return result
    }
}
