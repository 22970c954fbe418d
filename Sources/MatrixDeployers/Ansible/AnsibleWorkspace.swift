internal import MatrixCore

/// All files that one `ansible` step needs: readable ones beside the log, and those with secrets in the scratch folder.
struct AnsibleWorkspace {
    let options: AnsibleOptions
    let folder: StepFolder
    /// This step's folder in the run's scratch folder, mode 0700; removed with the step.
    let scratch: String
    /// The same if its path is plain, else a folder with a plain path; holds no secrets, mode 0700, removed with the step.
    private let plain: String
    private let masters: ControlMasters
    let settings: AnsibleSettings
    /// All inventories of the user's, in the order in which Ansible reads them.
    let inventories: [String]
    /// Whether plays may run on this machine: not if an inventory of the user's names it.
    var allowsThisMachine = true
    /// For the child process only: may hold secrets.
    let environment: [String: String]
    /// Variables that the child process does not get: Ansible would put their values into the paths of this step.
    let unset: Set<String>
    /// The facts that the cell's steps share; nil if this one does not.
    let facts: SharedFacts?
    /// The step's command line around its hosts.
    private let parts: (first: [AnsibleArgument], last: [AnsibleArgument])
    private let step: StepPlan
    private let context: CellContext
    private let own: StepEnvironment
    private let defaults: [String: String]
    /// The variables of secrets that the user must set to run the step again.
    private let needed: [String]
    private let runner: any Transport
    /// How the script calls one of Ansible's programs.
    private let program: @Sendable (String) -> String

    /// The command that runs the step again.
    var commandLine: String { "sh \(ShellQuoting.quote("\(folder.path)/command.sh"))" }

    /// - Parameters:
    ///   - runner: knows where the programs are.
    ///   - needingTerminal: the names of hosts on which sudo needs a terminal.
    init(
        _ step: StepPlan, _ options: AnsibleOptions, in context: CellContext, runner: any Transport, needingTerminal: Set<String> = []
    ) throws {
        self.options = options
        let secrets = SecretNames(of: context)
        let extra = try AnsibleVariables(options.variables, scope: context.scope, secrets: secrets)
        let variables = try InventoryVariables(of: context, secrets: secrets, at: step.location)
        let own = try StepEnvironment(options.environment, scope: context.scope, secrets: secrets, at: step.location)
        let password = try Self.password(options, secrets, step)
        (self.step, self.context, self.own, self.runner) = (step, context, own, runner)
        inventories = context.cell.inventory.sources + options.inventories
        folder = try StepFolder(of: step, in: context)
        var inventory = CellInventory(of: context, variables: variables)
        inventory.isBesideOthers = !inventories.isEmpty
        inventory.needingTerminal = needingTerminal
        parts = try Self.write(options, extra, inventory, beside: inventories, to: folder)
        scratch = try FileSystem.makeUniqueFolder("\(context.scratch)/a")
        plain = AnsiblePath.isPlain(scratch) ? scratch : try ProcessFolder.make(in: "/tmp")
        settings = try AnsibleSettings(options, scratch: plain, files: [folder.path, options.playbook ?? ""])
        masters = try ControlMasters(in: plain)
        facts = options.sharesFacts ? SharedFacts(in: context.scratch) : nil
        defaults = settings.defaults(own.values, hosts: context.hosts(selectedBy: step.hosts).count)
        let unset = AnsiblePath.variables(in: [folder.path, scratch] + inventories + options.paths)
        self.unset = unset
        var environment = context.environment.merging(own.values) { $1 }
        environment.merge(secrets.environment(for: extra.secrets.union(variables.secrets))) { $1 }
        environment.merge(settings.environment(own.values, folder: folder.path)) { $1 }
        environment.merge(defaults) { $1 }
        environment.merge(facts?.environment(settings.project(own.values), own: own.values) ?? [:]) { $1 }
        environment.merge(try Self.privateSettings(password: password, scratch: scratch, plain: plain, masters: masters)) { $1 }
        self.environment = environment.filter { !unset.contains($0.key) }
        needed = extra.secrets.union(variables.secrets).union(own.secrets).map(secrets.variable)
        // A step with a PATH chooses its own Ansible.
        let isOnPath = own.values["PATH"] != nil
        program = { isOnPath ? $0 : runner.commandLine(for: Command([$0])) }
    }

    /// The arguments of `ansible-playbook`.
    private var arguments: [AnsibleArgument] { parts.first + limit + parts.last }

    /// The same for the process.
    var words: [String] {
        arguments.map { argument in argument.path(in: folder.path) { settings.links.path($0, tree: settings.tree) } }
    }

    /// The hosts that plays may run on: those of the step, and never those that only an inventory of the user's names.
    private var limit: [AnsibleArgument] {
        let selected = context.hosts(selectedBy: step.hosts)
        let isWhole = selected.count == context.hosts.count
        if isWhole, inventories.isEmpty { return [] }
        // Plays on this machine run unless the step names its hosts.
        let more = isWhole && allowsThisMachine && options.role == nil ? ["localhost"] : []
        return [.word("--limit"), .word((selected.map(\.name) + more).joined(separator: ","))]
    }

    /// Ends Ansible's connections and removes what only the step needed.
    func close() async {
        await masters.close(using: runner)
        for folder in [plain, scratch] { FileSystem.remove(folder) }
    }

    /// Writes the script that runs the step again.
    func writeScript() throws {
        let script = AnsibleScript(
            step: step, cell: context.cell.name, options: options, settings: settings, defaults: defaults, unset: unset,
            folder: folder.path, arguments: arguments, program: program)
        try folder.keep(script.text(secrets: needed, exports: own.exports(beside: context.environment)), as: "command.sh", mode: 0o755)
    }

    /// Writes inventory, variables, playbook and configuration, and returns the arguments that name them, around the limit.
    private static func write(
        _ options: AnsibleOptions, _ extra: AnsibleVariables, _ inventory: CellInventory, beside inventories: [String],
        to folder: StepFolder
    ) throws -> (first: [AnsibleArgument], last: [AnsibleArgument]) {
        _ = try AnsibleInventory.write(inventory, to: folder.path)
        try folder.write(AnsibleSettings.configuration, to: "ansible.cfg")
        // Of two equal variables the later inventory's counts.
        let first =
            inventories.flatMap { [AnsibleArgument.word("--inventory"), .word($0)] }
            + [.word("--inventory"), .generated(file: "inventory.yml")]
        var arguments: [AnsibleArgument] = []
        for file in options.variablesFiles { arguments += [.word("--extra-vars"), .word("@\(file)")] }
        if !extra.values.isEmpty {
            try folder.write(InventoryYAML.members(extra.values, indent: 0), to: "vars.yml")
            arguments += [.word("--extra-vars"), .generated(prefix: "@", file: "vars.yml")]
        }
        arguments += flags(options)
        guard let role = options.role else { return (first, arguments + [.file(options.playbook ?? "")]) }
        try folder.write(playbook(for: role, options), to: "playbook.yml")
        return (first, arguments + [.generated(file: "playbook.yml")])
    }

    private static func flags(_ options: AnsibleOptions) -> [AnsibleArgument] {
        var words: [String] = []
        if !options.tags.isEmpty { words += ["--tags", options.tags.joined(separator: ",")] }
        if !options.skipTags.isEmpty { words += ["--skip-tags", options.skipTags.joined(separator: ",")] }
        if let forks = options.forks { words += ["--forks", "\(forks)"] }
        if options.become == true { words.append("--become") }
        return words.map { .word($0) }
    }

    /// The role is imported, not included: so a missing role is found before anything runs, and tags reach its tasks.
    private static func playbook(for role: String, _ options: AnsibleOptions) -> String {
        let tasks = options.tasksFrom.map { "\n        tasks_from: \(JSON.text($0))" } ?? ""
        return """
            - name: \(JSON.text(role))
              hosts: all
              become: \(options.become ?? true)
              tasks:
                - name: \(JSON.text(role))
                  ansible.builtin.import_role:
                    name: \(JSON.text(role))\(tasks)

            """
    }

    /// Settings that only the process itself needs, with the callback plugin and the vault's password.
    private static func privateSettings(
        password: String?, scratch: String, plain: String, masters: ControlMasters
    ) throws -> [String: String] {
        let plugin = try ResourceFile.path("solti_matrix.py")
        try FileSystem.makeFolder("\(plain)/plugins")
        try NewFile.write(FileSystem.text(of: plugin) ?? "", to: "\(plain)/plugins/solti_matrix.py")
        var settings = ["ANSIBLE_LOCAL_TEMP": "\(scratch)/tmp", "ANSIBLE_SSH_CONTROL_PATH_DIR": masters.folder]
        guard let password else { return settings }
        try NewFile.write("\(password)\n", to: "\(scratch)/vault-password", mode: 0o600)
        settings["ANSIBLE_VAULT_PASSWORD_FILE"] = "\(scratch)/vault-password"
        return settings
    }

    /// The password of the step's vaults; nil if it opens none.
    private static func password(_ options: AnsibleOptions, _ secrets: SecretNames, _ step: StepPlan) throws -> String? {
        guard let vault = options.vault else { return nil }
        if let password = secrets.values[vault] { return password }
        let hint =
            Suggestion.nearest(to: vault, among: secrets.values.keys.sorted()).map { "did you mean \($0)?" } ?? "name one of secrets:"
        throw UsageError([Diagnostic(at: step.subject["vault"]?.location ?? step.location, "there is no secret '\(vault)'", hint: hint)])
    }
}

/// One word of a command line that may name a file: absolute for the process; in `command.sh` relative to the script if it is generated.
enum AnsibleArgument: Sendable {
    case word(String)
    /// A playbook of the user's.
    case file(String)
    /// A file of the step's folder, with the text before its path.
    case generated(prefix: String = "", file: String)

    /// The word as the process gets it.
    ///
    /// - Parameter place: gives a path the form that Ansible takes as it is.
    func path(in folder: String, _ place: (String) -> String) -> String {
        switch self {
        case .word(let text): text
        case .file(let path): place(path)
        case .generated(let prefix, let file): "\(prefix)\(place("\(folder)/\(file)"))"
        }
    }

    /// The word for a script that has its folder in `here`, and the links in `tree`.
    func scriptWord(_ links: AnsibleLinks) -> String {
        switch self {
        case .word(let text): return ShellQuoting.quote(text)
        case .file(let path):
            guard let place = links.place(of: path) else { return ShellQuoting.quote(path) }
            return "\"$tree\"/links/\(place.number)\(place.rest.isEmpty ? "" : ShellQuoting.quote(place.rest))"
        case .generated(let prefix, let file): return "\(prefix)\"$here\"/\(file)"
        }
    }
}
