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

    public init(
        address: String, port: Int = 22, user: String, keyFile: String, knownHostsFile: String, alias: String, hostKeys: [String] = [],
        internalAddress: String? = nil
    ) {
        self.address = address
        self.port = port
        self.user = user
        self.keyFile = keyFile
        self.knownHostsFile = knownHostsFile
        self.alias = alias
        self.hostKeys = hostKeys
        self.internalAddress = internalAddress ?? address
    }

    /// The `-o` options that any OpenSSH client needs for this host beside address, port, user and key.
    ///
    /// Used by the transport itself, by Ansible's inventory and by `matrix ssh`.
    /// Paths in them are written for ssh_config's parser, which splits at blanks and expands percent signs.
    public var options: [String] {
        [
            "UserKnownHostsFile=\(Self.optionWord(knownHostsFile))", "GlobalKnownHostsFile=/dev/null", "HostKeyAlias=\(alias)",
            "StrictHostKeyChecking=\(hostKeys.isEmpty ? "accept-new" : "yes")", "IdentitiesOnly=\(keyFile.isEmpty ? "no" : "yes")",
            "BatchMode=yes",
            "PasswordAuthentication=no", "LogLevel=ERROR",
        ]
    }

    /// A path as the value of an `-o` option: quoted if it holds blanks, percent signs doubled.
    public static func optionWord(_ path: String) -> String {
        let escaped = path.replacing("%", with: "%%")
        return escaped.contains(where: \.isWhitespace) ? "\"\(escaped)\"" : escaped
    }
}
