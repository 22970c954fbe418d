import MatrixCore

extension ProgressDisplay {
    /// Shows the progress and heeds signals while `work` goes on.
    func shown<R>(heeding signals: SignalWatch, _ work: () async throws -> R) async throws -> R {
        let animation = Task { await animate() }
        let result: Result<R, any Error>
        do { result = .success(try await signals.heeded(work)) } catch { result = .failure(error) }
        animation.cancel()
        await animation.value
        return try result.get()
    }
}

extension ProgressFormat {
    /// What standard output says of a finished run.
    ///
    /// - Parameter reports: what was written of its reports.
    func text(of result: RunResult, reports: WrittenReports) throws -> String {
        self == .json
            ? String(decoding: try JSON.encode(result, pretty: true), as: UTF8.self)
            : RunSummary(result: result, reports: reports, coloured: Terminal.hasColourOnOutput).text
    }
}
