import MatrixCore

extension ProgressDisplay {
    /// Shows the progress and handles signals while `work` runs.
    func shown<R>(watching signals: SignalWatch, _ work: () async throws -> R) async throws -> R {
        let animation = Task { await animate() }
        let result: Result<R, any Error>
        do { result = .success(try await signals.watch(work)) } catch { result = .failure(error) }
        animation.cancel()
        await animation.value
        return try result.get()
    }
}

extension ProgressFormat {
    /// The text about a finished run for standard output.
    ///
    /// - Parameter reports: the reports that were written.
    func text(of result: RunResult, reports: WrittenReports) throws -> String {
        self == .json
            ? String(decoding: try JSON.encode(result, pretty: true), as: UTF8.self)
            : RunSummary(result: result, reports: reports, coloured: Terminal.hasColourOnOutput).text
    }
}
