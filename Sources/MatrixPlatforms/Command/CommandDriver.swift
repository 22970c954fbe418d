internal import MatrixCore

/// The driver `command`: any other platform, as a program that creates, lists and destroys hosts.
enum CommandDriver {
    /// The keys of its settings.
    static let declaration = Declaration(
        kind: "command", subject: .object(ObjectShape("a command platform", keys)),
        summary: "Any other platform, as a program that creates, lists and destroys hosts",
        example: """
            my-cloud:
              driver: command
              command: [./my-cloud.py]
              capabilities: [ready, price]
              secrets: { MY_CLOUD_TOKEN: { env: MY_CLOUD_TOKEN } }
              settings: { region: fra1, type: small }
            """,
        promises: promises, examine: CommandSettingsReader.examine)

    /// Makes the platform; the program is not started yet.
    /// - Throws: `UsageError` if the settings cannot be used.
    static func make(settings: PlatformSettings, in context: PlatformContext) throws -> any Platform {
        CommandPlatform(name: settings.name, settings: try CommandSettingsReader.read(settings.options), context: context)
    }

    @Sendable private static func promises(_ settings: Document?) -> Promises {
        let isListed = settings?["list"]?.bool ?? true
        var exceptions: [Promise: Promises.Answer] = [:]
        for (promise, capability) in [(Promise.price, CommandCapability.price), (.power, .power), (.size, .size)] {
            let names = settings?["capabilities"]?.texts ?? []
            if !names.contains(capability.rawValue) { exceptions[promise] = .bySettings("`capabilities: [\(capability.rawValue)]`") }
        }
        for promise in [Promise.listing, .expiry] {
            if settings == nil {
                exceptions[promise] = .bySettings("unless `list: false`")
            } else if !isListed {
                exceptions[promise] = .withheld("its program has no list")
            }
        }
        return Promises(except: exceptions)
    }

    private static let keys: [KeyShape] = [
        KeyShape(
            "command", .oneOrMore(.text),
            "The program and its first arguments; the verb follows. One with a slash is relative to this file", required: true),
        KeyShape(
            "capabilities", .oneOrMore(.choice(CommandCapability.allCases.map(\.rawValue))),
            "What the program can do beside create, destroy and list. Default: nothing more"),
        KeyShape(
            "list", .boolean,
            "Whether the program has the verb list. Without it only this state folder's ledger finds what a run left. Default: `true`"),
        KeyShape("secrets", .map(.credentialSource), "Secrets by the environment variable in which the program finds each"),
        KeyShape("environment", .map(.text), "Further environment variables of the program"),
        KeyShape("settings", .map(.any), "What the program gets as `settings`; only the program knows what is in it"),
        KeyShape("user", .text, "The account to log in with if the program names none. Default: `root`"),
        KeyShape(
            "reboot", .choice(CommandReboot.allCases.map(\.rawValue)),
            "How steps reboot its hosts: by their system, by the verb power (containers), or never. Default: `system`"),
        KeyShape("deadlines", .object(ObjectShape("deadlines of a command platform", deadlines)), "How long each verb may take"),
    ]

    private static let deadlines: [KeyShape] = CommandVerb.allCases.map { verb in
        KeyShape(verb.rawValue, .duration, "How long \(verb.rawValue) may take. Default: `\(verb.deadline.brief)`")
    }
}

/// What the program is asked: its last argument but the name.
enum CommandVerb: String, Sendable, CaseIterable {
    case create, destroy, list, ready, price, power, preflight, evidence

    /// How long it may take if the settings say nothing.
    var deadline: Duration {
        switch self {
        case .create, .destroy: .seconds(900)
        case .list, .ready, .preflight: .seconds(120)
        case .price: .seconds(60)
        case .evidence: .seconds(30)
        case .power: .seconds(300)
        }
    }
}

/// What a program can do beside create, destroy and list.
/// How steps reboot the hosts of a program.
enum CommandReboot: String, Sendable, CaseIterable {
    case system, power, never
}

enum CommandCapability: String, Sendable, CaseIterable {
    case ready, price, power, preflight, evidence
    /// It gives hosts the size that the request names.
    case size
}
