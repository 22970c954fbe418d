public import MatrixCore

/// The driver `linode`: instances of Linode (Akamai), made from its public images.
public enum LinodeDriver {
    /// The keys of its settings.
    public static let declaration = Declaration(
        kind: "linode", subject: .object(ObjectShape("settings of a linode platform", keys)), summary: "instances of Linode, made from its public images",
        example: """
            linode:
              driver: linode
              token: { env: LINODE_TOKEN }
              region: [us-central, us-east]
              type: g6-standard-2
            """,
        examine: LinodeSettingsReader.examine)

    private static let keys: [KeyShape] = [
        KeyShape("driver", .choice(["linode"]), "This driver", required: true),
        KeyShape("endpoint", .text, "The API's address; https://api.linode.com/v4 where it is left out"),
        KeyShape("token", .secretSource, "Where the personal access token comes from", required: true),
        KeyShape("region", .oneOrMore(.text), "The region, or several: the next one when a region has no capacity", required: true),
        KeyShape("type", .text, "The type of hosts that ask for no size (g6-standard-2); the cheapest where it is left out"),
        KeyShape("firewall", .integer(1...Int.max), "The id of the Cloud Firewall that hosts are put behind"),
        KeyShape("interfaces", .choice(LinodeSettings.Interfaces.allCases.map(\.rawValue)), "The kind of network interfaces; the account's default where it is left out"),
        KeyShape("tags", .list(.pattern("[^,]{3,50}", meaning: "a tag of Linode (3 to 50 characters)")), "Further tags, next to the tags of matrix"),
        KeyShape("user_data", .choice(["auto", "none"]), "Whether hosts get their SSH host keys as user data, where image and region take it; auto where it is left out"),
        KeyShape("ssh_port", .integer(1...65535), "The port on which the image's sshd listens; 22 where it is left out"),
        KeyShape("boot_patience", .duration, "How long an instance may take to be running before it is made anew; 4m where it is left out"),
    ]

    /// Makes the platform; nothing is sent yet. The token is taken from the context's secrets, as `token`.
    ///
    /// - Throws: `UsageError` if the settings cannot be used.
    public static func make(settings: PlatformSettings, in context: PlatformContext) throws -> any Platform {
        try make(settings: settings, in: context, transport: AsyncWebClient(), pace: LinodePace())
    }

    /// Makes the platform on another network and with another pace, for tests.
    public static func make(
        settings: PlatformSettings, in context: PlatformContext, transport: any WebTransport, pace: LinodePace
    ) throws -> any Platform {
        let read = try LinodeSettingsReader.read(settings.options)
        guard let token = context.secrets["token"], !token.isEmpty else {
            throw UsageError("token of the linode platform has no value", hint: "name its source: token: { env: LINODE_TOKEN }")
        }
        context.redactor.hide(token)
        var pace = pace
        pace.bootPatience = read.bootPatience ?? pace.bootPatience
        let client = LinodeClient(transport, endpoint: read.endpoint, token: token, pace: pace)
        return LinodePlatform(name: settings.name, settings: read, client: client, context: context)
    }
}
