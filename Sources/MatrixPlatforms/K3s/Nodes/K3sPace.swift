/// How often to poll a starting cluster, and how long a known cause of failure must persist before it counts.
struct K3sPace: Sendable {
    var poll: Duration = .seconds(2)
    /// A cause in the journal may be temporary, such as a server that is not up yet.
    var patience: Duration = .seconds(20)
    /// How long a host may take to answer when K3s is removed.
    var reach: Duration = .seconds(45)
}
