/// Makes real hosts for the fake's instances.
public protocol HostLender: Sendable {
    /// The address that an instance's host has or will have.
    func address(of instance: Int) -> String
    /// Makes the host and boots it. Returns when an SSH connection can be tried.
    func start(_ instance: Int, _ seed: HostSeed) async throws
    func power(_ instance: Int, on: Bool) async throws
    /// Removes the host. It is a success if there is none.
    func remove(_ instance: Int) async throws
}

/// The settings of a new host.
public struct HostSeed: Sendable {
    public var label: String
    /// `linode/debian12`.
    public var image: String
    /// `debian12`.
    public var system: String { image.split(separator: "/").last.map(String.init) ?? image }
    public var authorizedKeys: [String]
    /// The user data for cloud-init; nil for none.
    public var userData: String?
    /// How long SSH is unavailable after the machine has booted.
    public var sshDelay = 0
    /// Whether its host keys differ from its user data.
    public var hasForeignHostKeys = false
}
