/// What a fake account is like.
public struct FakeLinodeSettings: Sendable {
    /// The only token that is let in.
    public var token = "fake-linode-token-0123456789abcdef"
    /// What the token may do: `linodes:read_write`; `*` for everything.
    public var scopes = ["linodes:read_write", "events:read_only", "images:read_only", "account:read_write", "firewall:read_only"]
    /// How long its machines take, as part of what real ones take.
    public var timeScale = 1.0
    /// What time it is.
    public var now: @Sendable () -> ContinuousClock.Instant = { .now }
    /// How many instances the account may have.
    public var accountLimit = 1000
    /// Creates that are let through in a window of 15 seconds (scaled); nil for all.
    public var createsPerWindow: Int?
    /// Whether a private address stands first among an instance's own.
    public var givesPrivateAddressFirst = false
    /// Regions that list every type as available and still cannot make an instance.
    public var fullRegions: Set<String> = []
    /// Regions that say of every type that it is not available.
    public var soldOutRegions: Set<String> = []

    /// Regions in which this account may have no instances.
    public var closedRegions: Set<String> = []

    public init() {}

    /// The times of a real machine, scaled.
    func time(_ seconds: Double) -> Duration { .seconds(seconds * timeScale) }
}
