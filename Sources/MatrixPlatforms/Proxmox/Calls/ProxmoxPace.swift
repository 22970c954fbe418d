internal import MatrixCore

/// How often and how patiently the server is asked.
struct ProxmoxPace: Sendable {
    /// Between tries of a request that did not get through.
    var retry = Backoff(first: .milliseconds(500), factor: 2, most: .seconds(10))
    /// How many times a request is sent that may be repeated.
    var tries = 6
    /// Between looks at a running task.
    var poll = Backoff(first: .milliseconds(300), factor: 1.5, most: .seconds(3))
    /// Between calls of one machine's agent: an absent one holds a worker of the node for three seconds, and there are three.
    var agent = Backoff(first: .seconds(3), factor: 1.3, most: .seconds(5))
    /// How many times a clone is tried with locks held by others, and with ids taken by others.
    var cloneTries = 8
    /// How long a lock may be held by a task that is still running.
    var lockPatience = Duration.seconds(120)
}
