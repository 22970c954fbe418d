public import MatrixCore
public import MatrixWeb

/// The driver `linode`: instances of Linode (Akamai), made from its public images.
public enum LinodeDriver {
    /// The keys of its settings.
    static let declaration = Declaration(
        kind: "linode", subject: .object(ObjectShape("settings of a linode platform", keys)),
        summary: "instances of Linode, made from its public images",
        example: """
            linode:
              driver: linode
              token: { env: LINODE_TOKEN }
              region: [us-central, us-east]
              type: g6-standard-2
            """,
        examine: LinodeSettingsReader.examine)

    private static let keys: [KeyShape] = [
        KeyShape("endpoint", .text, "The API's address; default: https://api.linode.com/v4"),
        PlainHTTP.key,
        KeyShape("token", .credentialSource, "The source of the personal access token", required: true),
        KeyShape("region", .oneOrMore(.text), "The region, or several: the next one is used if a region has no capacity", required: true),
        KeyShape("type", .text, "The type of hosts that ask for no size, such as g6-standard-2; default: the cheapest"),
        KeyShape("firewall", .integer(1...Int.max), "The id of the Cloud Firewall that protects the hosts"),
        KeyShape(
            "interfaces", .choice(LinodeSettings.Interfaces.allCases.map(\.rawValue)),
            "The kind of network interfaces; default: the account's default"),
        KeyShape(
            "tags", .list(.pattern("[^,]{3,50}", meaning: "a tag of Linode (3 to 50 characters)")),
            "Further tags, next to the tags of matrix"),
        KeyShape(
            "user_data", .choice(["auto", "none"]),
            "auto (the default) gives hosts their SSH host keys as user data, if image and region accept it; none does not"),
        KeyShape("ssh_port", .integer(1...65535), "The port on which the image's sshd listens; default: 22"),
        KeyShape("boot_patience", .duration, "How long an instance may take until it runs; then it is made again; default: 4m"),
    ]

    /// Makes the platform. Sends nothing yet. The token comes from the context's secrets, as `token`.
    ///
    /// - Throws: `UsageError` if the settings cannot be used.
    static func make(settings: PlatformSettings, in context: PlatformContext) throws -> any Platform {
        try make(settings: settings, in: context, transport: context.web(try WebClient()), pace: LinodePace())
    }

    /// Makes the platform with another transport and pace, for tests.
    public static func make(
        settings: PlatformSettings, in context: PlatformContext, transport: any WebTransport, pace: LinodePace
    ) throws -> any Platform {
        let read = try LinodeSettingsReader.read(settings.options)
        guard let token = context.secrets["token"], !token.isEmpty else {
            throw UsageError("token of the linode platform has no value", hint: "name its source: token: { env: LINODE_TOKEN }")
        }
        var pace = pace
        pace.bootPatience = read.bootPatience ?? pace.bootPatience
        let client = LinodeClient(transport, endpoint: read.endpoint, token: token, pace: pace)
        return LinodePlatform(name: settings.name, settings: read, client: client, context: context)
    }
}
