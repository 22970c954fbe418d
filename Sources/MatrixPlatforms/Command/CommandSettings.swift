internal import Foundation
internal import MatrixCore

/// The settings of a command platform, with their defaults.
struct CommandSettings: Sendable {
    /// The program, absolute unless it is found in `PATH`, and its first arguments.
    var command: [String]
    /// The folder of the settings file, in which the program runs.
    var folder: String
    var capabilities: Set<CommandCapability> = []
    var lists = true
    /// The names of secrets, which are environment variables of the program.
    var secrets: [String] = []
    var environment: [String: String] = [:]
    var settings: Value = [:]
    var user = "root"
    /// How steps reboot its hosts.
    var reboot = CommandReboot.system
    var deadlines: [CommandVerb: Duration] = [:]

    func deadline(of verb: CommandVerb) -> Duration { deadlines[verb] ?? verb.deadline }
}

/// Reads the settings of a command platform.
struct CommandSettingsReader: DriverSettingsReader {
    let document: Document
    var diagnostics: [Diagnostic] = []

    init(_ document: Document) {
        self.document = document
    }

    mutating func settings() -> CommandSettings? {
        let file = FileReference.absolute(document.location.file)
        guard let command = command(namedIn: file) else { return nil }
        var settings = CommandSettings(command: command, folder: (file as NSString).deletingLastPathComponent)
        settings.capabilities = Set((document["capabilities"]?.texts ?? []).compactMap(CommandCapability.init))
        settings.lists = document["list"]?.bool ?? true
        settings.secrets = variables("secrets").map(\.key)
        for member in variables("environment") { settings.environment[member.key] = member.value.text }
        checkForSources()
        settings.settings = document["settings"]?.value ?? [:]
        settings.user = document["user"]?.text ?? settings.user
        if let reboot = document["reboot"], let way = reboot.text.flatMap(CommandReboot.init) {
            settings.reboot = way
            if way == .power, !settings.capabilities.contains(.power) {
                complain(reboot, "reboot: power needs a program with the verb power", hint: "add power to capabilities")
            }
        }
        for verb in CommandVerb.allCases {
            guard let limit = document["deadlines"]?[verb.rawValue], let duration = limit.duration else { continue }
            if duration <= .zero { complain(limit, "deadlines.\(verb.rawValue) must be above 0s", hint: "write 5m, or leave it out") }
            settings.deadlines[verb] = duration
        }
        return settings
    }

    private mutating func command(namedIn file: String) -> [String]? {
        let words = document["command"]?.texts ?? []
        guard let program = words.first, !program.isEmpty else {
            complain("command", "command names no program", hint: "write command: ./my-cloud.py")
            return nil
        }
        guard program.contains("/") || program.hasPrefix("~") else { return words }
        let path = FileReference.resolve(program, namedIn: file, home: ProcessInfo.processInfo.environment["HOME"])
        if !FileManager.default.fileExists(atPath: path) {
            complain("command", "there is no program \(path)", hint: "name one that is there, relative to this file")
        } else if !FileManager.default.isExecutableFile(atPath: path) {
            complain("command", "\(path) cannot be executed", hint: "chmod +x \(ShellQuoting.quote(path)), or name its interpreter first")
        }
        return [path] + words.dropFirst()
    }

    /// The members of a map whose keys are environment variables.
    private mutating func variables(_ key: String) -> [Document.Member] {
        let members = document[key]?.members ?? []
        for member in members where member.key.wholeMatch(of: /[A-Za-z_][A-Za-z0-9_]*/) == nil {
            complain(member.value, "'\(member.key)' is not the name of an environment variable", hint: "write it like MY_CLOUD_TOKEN")
        }
        return members
    }

    /// Anything that looks like the source of a secret is read as one, but the program would get the source and not the secret.
    private mutating func checkForSources() {
        for key in ["settings", "environment"] {
            guard let part = document[key] else { continue }
            let member = Document.Member(key: key, keyLocation: part.location, value: part)
            for source in SecretSource.all(in: Document(.map([member]), at: part.location), home: nil) {
                complain(
                    source.location.map { Document(.null, at: $0) } ?? part,
                    "\(source.name) looks like the source of a secret (env, file or command), which the program would not get",
                    hint: "put secrets under secrets:, and give other keys another name")
            }
        }
    }
}
