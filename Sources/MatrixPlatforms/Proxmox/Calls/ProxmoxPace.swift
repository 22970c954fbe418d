internal import MatrixCore

/// How often requests are sent, and how long they are retried.
struct ProxmoxPace: Sendable {
    /// Between retries of a request.
    var retry = Backoff(first: .milliseconds(500), factor: 2, most: .seconds(10))
    /// How many times a request that may be repeated is sent at most.
    var tries = 6
    /// Between polls of a running task.
    var poll = Backoff(first: .milliseconds(300), factor: 1.5, most: .seconds(3))
    /// Between calls of one machine's agent: an absent agent holds one of the node's three workers for three seconds.
    var agent = Backoff(first: .seconds(3), factor: 1.3, most: .seconds(5))
    /// How many times a clone is tried if others hold locks or take ids.
    var cloneTries = 8
    /// How long a running task may hold a lock.
    var lockPatience = Duration.seconds(120)
}
