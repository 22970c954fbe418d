import MatrixCore

extension ProgressDisplay {
    /// Shows the progress and heeds signals while `work` goes on.
    func shown(heeding signals: SignalWatch, _ work: () async throws -> RunResult) async throws -> RunResult {
        let watch = Task { await signals.watch() }
        defer { watch.cancel() }
        let animation = Task { await animate() }
        let result: Result<RunResult, any Error>
        do { result = .success(try await work()) } catch { result = .failure(error) }
        animation.cancel()
        await animation.value
        return try result.get()
    }
}

extension ProgressFormat {
    /// What standard output says of a finished run.
    ///
    /// - Parameter reports: the report's folder.
    func text(of result: RunResult, reports: String) throws -> String {
        self == .json
            ? String(decoding: try JSON.encode(result, pretty: true), as: UTF8.self)
            : RunSummary(result: result, reports: reports, coloured: Terminal.hasColourOnOutput).text
    }
}
