import MatrixCore

/// The display of a run's progress in the chosen format.
struct ProgressDisplay {
    let sink: any EventSink
    /// Draws, or prints what is due, until the surrounding task is cancelled.
    private let animation: @Sendable () async -> Void
    private let grid: LiveGrid?

    init(_ format: ProgressFormat, isVerbose: Bool) {
        switch format.resolved {
        case .tty:
            let grid = LiveGrid(isVerbose: isVerbose, coloured: Terminal.hasColour)
            (sink, self.grid, animation) = (grid, grid, { await grid.animate() })
        case .github:
            let log = GitHubProgress(isVerbose: isVerbose)
            (sink, grid, animation) = (log, nil, { await log.animate() })
        default:
            let lines = PlainProgress(isVerbose: isVerbose)
            (sink, grid, animation) = (lines, nil, { await lines.animate() })
        }
    }

    /// Sets how many seconds each cell is expected to take.
    func expect(_ seconds: [String: Double]) { grid?.expect(seconds) }
}

extension ProgressDisplay {
    /// Shows the progress and handles signals while `work` runs.
    func shown<R>(watching signals: SignalWatch, _ work: () async throws -> R) async throws -> R {
        let animation = Task { [animation = self.animation] in await animation() }
        let result: Result<R, any Error>
        do { result = .success(try await signals.watch(work)) } catch { result = .failure(error) }
        animation.cancel()
        await animation.value
        return try result.get()
    }
}
