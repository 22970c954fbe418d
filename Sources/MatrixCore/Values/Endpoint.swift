/// How a host is reached by SSH; kept in the ledger so that another process reaches it too.
public struct Endpoint: Sendable, Hashable, Codable {
    public var address: String
    public var port: Int
    /// The account to log in with; root, or one that may `sudo` without a password.
    public var user: String
    /// The private key's absolute path; empty for the keys that OpenSSH finds by itself: an agent's, the account's own.
    public var keyFile: String
    /// The run's known_hosts file, absolute.
    public var knownHostsFile: String
    /// The name under which the host's key stands in ``knownHostsFile`` (`HostKeyAlias`): the resource's name, as addresses
    /// and ports are used again.
    public var alias: String
    /// The host's public keys as `ssh-ed25519 AAAA…`, from a trusted channel; empty: trust the first key seen.
    public var hostKeys: [String]
    /// The address by which the other hosts of the cell reach it; the same as `address` on most platforms.
    public var internalAddress: String
    /// Further settings of OpenSSH by which the host's owner reaches it, such as `ProxyJump=bastion`; nil for none.
    public var furtherOptions: [String]?

    public init(
        address: String, port: Int = 22, user: String, keyFile: String, knownHostsFile: String, alias: String, hostKeys: [String] = [],
        internalAddress: String? = nil, furtherOptions: [String]? = nil
    ) {
        self.address = address
        self.port = port
        self.user = user
        self.keyFile = keyFile
        self.knownHostsFile = knownHostsFile
        self.alias = alias
        self.hostKeys = hostKeys
        self.internalAddress = internalAddress ?? address
        self.furtherOptions = furtherOptions
    }
}
