import MatrixCore

/// The display of a run's progress that fits where it is read.
struct ProgressDisplay {
    let sink: any EventSink
    private let grid: LiveGrid?

    init(_ format: ProgressFormat, isVerbose: Bool, expected: [String: Double] = [:]) {
        switch format.resolved {
        case .tty:
            let grid = LiveGrid(isVerbose: isVerbose, coloured: Terminal.hasColour, expected: expected)
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

    /// Draws until the surrounding task is cancelled.
    func animate() async {
        await grid?.animate()
    }
}
