/// The settings of a fake account.
public struct FakeLinodeSettings: Sendable {
    /// The only valid token.
    public var token = "fake-linode-token-0123456789abcdef"
    /// The token's scopes: `linodes:read_write`; `*` for everything.
    public var scopes = ["linodes:read_write", "events:read_only", "images:read_only", "account:read_write", "firewall:read_only"]
    /// How long its machines take, as a fraction of the real times.
    public var timeScale = 1.0
    /// The clock.
    public var now: @Sendable () -> ContinuousClock.Instant = { .now }
    /// The account's limit of instances.
    public var accountLimit = 1000
    /// How many creates are allowed in 15 seconds (scaled); nil: no limit.
    public var createsPerWindow: Int?
    /// Whether a private address is the first one of an instance.
    public var givesPrivateAddressFirst = false
    /// Regions that list every type as available, but cannot make an instance.
    public var fullRegions: Set<String> = []
    /// Regions that list every type as unavailable.
    public var soldOutRegions: Set<String> = []

    /// Regions in which this account may not have instances.
    public var closedRegions: Set<String> = []

    public init() {}

    /// Scales the time of a real machine.
    func time(_ seconds: Double) -> Duration { .seconds(seconds * timeScale) }
}
