/// Where a secret comes from; the secret itself is never part of a plan.
public struct SecretSource: Sendable, Hashable, Codable {
    /// The kinds of sources.
    public enum Origin: Sendable, Hashable, Codable {
        case environment(String)
        /// An absolute path; the final newline is not part of the secret.
        case file(String)
        /// A program on the runner; its standard output without the final newline.
        case command([String])
        /// A key of an Ansible vault file, opened with another secret.
        case vault(file: String, key: String, password: String)
    }

    /// The variable in which child processes find a secret: `SOLTI_SECRET_LINODE_TOKEN` for `linode-token`.
    public static func variable(of name: String) -> String {
        "SOLTI_SECRET_" + String(name.uppercased().map { $0.isASCII && ($0.isLetter || $0.isNumber) ? $0 : "_" })
    }

    public var name: String
    public var origin: Origin
    public var location: SourceLocation?

    init(name: String, origin: Origin, location: SourceLocation? = nil) {
        self.name = name
        self.origin = origin
        self.location = location
    }
}
