import MatrixCore

/// The display of a run's progress in the chosen format.
struct ProgressDisplay {
    let sink: any EventSink
    private let grid: LiveGrid?

    init(_ format: ProgressFormat, isVerbose: Bool) {
        switch format.resolved {
        case .tty:
            let grid = LiveGrid(isVerbose: isVerbose, coloured: Terminal.hasColour)
            self.grid = grid
            sink = grid
        case .github:
            grid = nil
            sink = GitHubProgress(isVerbose: isVerbose)
        default:
            grid = nil
            sink = PlainProgress(isVerbose: isVerbose)
        }
    }

    /// Sets how many seconds each cell is expected to take.
    func expect(_ seconds: [String: Double]) { grid?.expect(seconds) }

    /// Draws until the surrounding task is cancelled.
    func animate() async {
        await grid?.animate()
    }
}

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
