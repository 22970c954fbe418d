import ArgumentParser

/// The options that select templates and their server.
struct TemplateOptions: ParsableArguments {
    /// The systems of `--all`.
    static let all = ["rocky9", "rocky10", "debian12", "debian13"]

    @Option(
        name: .customLong("platform"),
        help: ArgumentHelp("The file with the server's settings (default: matrices/platforms/proxmox.yml).", valueName: "file"),
        completion: Complete.yaml)
    var file: String

    @Option(name: .customLong("name"), help: ArgumentHelp("The platform's name in that file.", valueName: "name"))
    var platform = "proxmox"

    @Option(
        name: .customLong("os"), help: ArgumentHelp("This system, such as rocky9 (repeatable).", valueName: "os"),
        completion: Complete.systems)
    var systems: [String] = []

    @Flag(name: .customLong("all"), help: "The systems rocky9, rocky10, debian12 and debian13.")
    var isAll = false

    @Option(help: ArgumentHelp("Only this node of the platform.", valueName: "node"))
    var node: String?

    @Option(
        name: .customLong("set"),
        help: ArgumentHelp(
            "Change a value of the platform's settings, or of os. (repeatable), such as template_build.memory=8192.",
            valueName: "path=value"))
    var settings: [String] = []

    /// The settings as a matrix file has them: a path that begins with none of its sections is one of the platform's.
    var changes: [String] {
        settings.map { setting in
            let section = setting.prefix { $0 != "." && $0 != "=" }
            return ["platforms", "os", "vars", "paths"].contains(section) ? setting : "platforms.\(platform).\(setting)"
        }
    }

    @OptionGroup var state: StateOptions

    func validate() throws {
        if isAll != systems.isEmpty {
            throw ValidationError(isAll ? "--os and --all exclude each other" : "name the systems: --os rocky9, or --all")
        }
    }

    var names: [String] { isAll ? Self.all : systems }
}
