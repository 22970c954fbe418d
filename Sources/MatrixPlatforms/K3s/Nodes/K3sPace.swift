/// How often a cluster that comes up is asked, and how long a known cause of failure may stand before it is believed.
struct K3sPace: Sendable {
    var poll: Duration = .seconds(2)
    /// A cause in the journal may be of a moment: a server that is not up yet.
    var patience: Duration = .seconds(20)
    /// For a host to answer when K3s is taken off it.
    var reach: Duration = .seconds(45)
}
