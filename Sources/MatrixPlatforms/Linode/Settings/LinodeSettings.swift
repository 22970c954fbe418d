import MatrixCore

/// A `linode` platform's settings, read and checked.
struct LinodeSettings: Sendable {
    /// The kind of network interfaces that a Linode gets.
    enum Interfaces: String, Sendable, CaseIterable {
        case legacy = "legacy_config"
        case linode
    }

    var endpoint: LinodeEndpoint
    /// At least one, the preferred first.
    var regions: [String]
    /// The type of hosts that ask for no size; nil for the cheapest.
    var type: String?
    /// The id of the Cloud Firewall that protects the Linodes.
    var firewall: Int?
    /// Nil for the account's default.
    var interfaces: Interfaces?
    /// Further tags, next to our own.
    var tags: [String]
    /// Whether machines get their host keys in their user data, if image and region accept it.
    var usesUserData: Bool
    /// The port on which the images' sshd listens.
    var port: Int
    /// How long a machine may take until it runs.
    var bootPatience: Duration?
}

/// Reads a `linode` platform's settings.
struct LinodeSettingsReader: DriverSettingsReader {
    let document: Document
    var diagnostics: [Diagnostic] = []

    init(_ document: Document) {
        self.document = document
    }

    mutating func settings() -> LinodeSettings? {
        let address = document["endpoint"]?.text ?? LinodeEndpoint.official
        let endpoint = LinodeEndpoint(address)
        if endpoint == nil {
            complain(
                "endpoint", "'\(address)' is not the address of an API",
                hint: "write it as \(LinodeEndpoint.official), or leave it out")
        }
        if let endpoint { checkEncryption(of: endpoint.base) }
        let regions = document["region"]?.texts.filter { !$0.isEmpty } ?? []
        if regions.isEmpty { complain("region", "region is missing", hint: "write region: us-central, or a list of regions") }
        if document["token"] == nil { complain("token", "token is missing", hint: "write token: { env: LINODE_TOKEN }") }
        guard let endpoint, !regions.isEmpty else { return nil }
        return LinodeSettings(
            endpoint: endpoint, regions: regions, type: document["type"]?.text, firewall: document["firewall"]?.int,
            interfaces: document["interfaces"]?.text.flatMap { LinodeSettings.Interfaces(rawValue: $0) },
            tags: document["tags"]?.texts ?? [],
            usesUserData: document["user_data"]?.text != "none", port: document["ssh_port"]?.int ?? 22,
            bootPatience: document["boot_patience"]?.duration)
    }
}
