import MatrixCore

/// How often and how patiently the API is asked.
public struct LinodePace: Sendable {
    /// Between retries of a request.
    var retry = Backoff(first: .milliseconds(500), factor: 2, most: .seconds(15))
    /// How many times a request is sent at most. The phase's timeout may end it earlier.
    var tries = 12
    /// The timeout of one request, until the end of its reply.
    public var request = Duration.seconds(60)
    /// The longest wait accepted from the server.
    var longestWait = Duration.seconds(60)
    /// How long one of the server's seconds is, in seconds. Below one only if a test's time runs faster.
    var second = 1.0
    /// Between polls of a machine that boots or is being deleted.
    var poll = Backoff(first: .seconds(2), factor: 1.4, most: .seconds(8))
    /// How many creates may start within ``createWindow``.
    var creates = 5
    var createWindow = Duration.seconds(15)
    /// How long a machine may take until it runs. Then it is given up and made again.
    public var bootPatience = Duration.seconds(240)

    public init() {}

    /// The same with every pause multiplied by a factor. The timeouts stay.
    public func scaled(by factor: Double) -> LinodePace {
        var pace = self
        pace.retry = retry.scaled(by: factor)
        pace.poll = poll.scaled(by: factor)
        pace.longestWait = .seconds(longestWait.inSeconds * factor)
        pace.second = second * factor
        pace.createWindow = .seconds(createWindow.inSeconds * factor)
        return pace
    }
}

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
