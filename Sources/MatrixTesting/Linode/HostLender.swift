/// What stands behind the fake's instances: real hosts.
public protocol HostLender: Sendable {
    /// The address that the host of an instance has, or will have.
    func address(of instance: Int) -> String
    /// Makes the host and boots it; returns when its SSH can be tried.
    func start(_ instance: Int, _ seed: HostSeed) async throws
    func power(_ instance: Int, on: Bool) async throws
    /// Removes the host; one that is not there is success.
    func remove(_ instance: Int) async throws
}

/// What a host is made from.
public struct HostSeed: Sendable {
    public var label: String
    /// `linode/debian12`.
    public var image: String
    /// `debian12`.
    public var system: String { image.split(separator: "/").last.map(String.init) ?? image }
    public var authorizedKeys: [String]
    /// As cloud-init gets it; nil for none.
    public var userData: String?
    /// How long its SSH is not up yet when the machine is.
    public var sshDelay = 0
    /// Whether it has other host keys than its user data say.
    public var hasForeignHostKeys = false
}
