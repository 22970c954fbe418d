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
