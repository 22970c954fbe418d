/// The key pair and known hosts of one run, in its private folder below the state folder.
public struct RunAccess: Sendable, Hashable {
    /// `<state>/runs/<id>`, absolute, mode 0700.
    public var directory: String
    /// One line: `ssh-ed25519 AAAA… solti-matrix-run-<id>`.
    public var publicKey: String

    public init(directory: String, publicKey: String) {
        self.directory = directory
        self.publicKey = publicKey
    }

    /// The private key, mode 0600.
    public var keyFile: String { "\(directory)/id_ed25519" }
    public var knownHostsFile: String { "\(directory)/known_hosts" }
}
