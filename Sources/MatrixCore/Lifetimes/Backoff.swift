/// Growing pauses with jitter between tries.
public struct Backoff: Sendable {
    var first: Duration
    var factor: Double
    var most: Duration

    public init(first: Duration = .milliseconds(200), factor: Double = 1.6, most: Duration = .seconds(5)) {
        self.first = first
        self.factor = factor
        self.most = most
    }

    /// The same with every pause multiplied by a number.
    public func scaled(by number: Double) -> Backoff {
        Backoff(first: .seconds(first.inSeconds * number), factor: factor, most: .seconds(most.inSeconds * number))
    }

    /// The pause before try `attempt` (from one for the first repetition), between half and all of its step.
    public func pause(before attempt: Int) -> Duration {
        var seconds = first.inSeconds
        for _ in 1..<max(attempt, 1) { seconds = min(seconds * factor, most.inSeconds) }
        return .seconds(min(seconds, most.inSeconds) * Double.random(in: 0.5...1))
    }
}
