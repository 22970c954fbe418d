import MatrixCore

/// Spreads creates over time: Linode accepts only a few in a time window, for all cells together.
actor CreatePacer {
    private let most: Int
    private let window: Duration
    private var begun: [ContinuousClock.Instant] = []

    init(_ pace: LinodePace) {
        most = max(1, pace.creates)
        window = pace.createWindow
    }

    /// Waits until another create may start.
    func turn() async throws {
        while true {
            let now = ContinuousClock.now
            begun.removeAll { now - $0 >= window }
            guard begun.count >= most, let first = begun.first else {
                begun.append(now)
                return
            }
            try await Task.sleep(until: first + window)
        }
    }
}
