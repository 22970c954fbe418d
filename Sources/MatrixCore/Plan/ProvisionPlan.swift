/// How the PROVISION phase prepares a bare host, the same on every platform.
public struct ProvisionPlan: Sendable, Hashable {
    /// The account that is made, in `sudo` or `wheel`; nil for none.
    public var user: String?
    /// Whether that account may use sudo without a password.
    public var passwordlessSudo: Bool
    /// Files with public keys, absolute paths, for that account beside the run's key.
    public var keyFiles: [String]
    /// The DNS domain of the hosts' full names.
    public var domain: String?
    public var packages: [String]
    public var updateCache: Bool
    /// Whether host name and /etc/hosts are set; nil: only if the hosts do not outlive the cell (`Platform.hostsLiveOn`).
    public var setsHostname: Bool?
    /// Extra shell scripts, as root, on every host.
    public var scripts: [String]
    public var location: SourceLocation?

    public init(
        user: String? = nil, passwordlessSudo: Bool = true, keyFiles: [String] = [], domain: String? = nil, packages: [String] = [],
        updateCache: Bool = false, setsHostname: Bool? = nil, scripts: [String] = [], location: SourceLocation? = nil
    ) {
        self.user = user
        self.passwordlessSudo = passwordlessSudo
        self.keyFiles = keyFiles
        self.domain = domain
        self.packages = packages
        self.updateCache = updateCache
        self.setsHostname = setsHostname
        self.scripts = scripts
        self.location = location
    }
}
