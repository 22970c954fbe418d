internal import MatrixCore

/// The options of an `ansible` step, resolved for one cell; all paths absolute.
struct AnsibleOptions {
    /// A file, or the dotted name of a collection's playbook.
    var playbook: String?
    var role: String?
    var tasksFrom: String?
    /// The working folder of `ansible-playbook`.
    var directory: String
    var collections: [String]
    var rolesPath: [String]
    var requirements: String?
    /// Inventories of the user's that this step adds to those of the cell.
    var inventories: [String]
    var variablesFiles: [String]
    /// The name of the secret that opens vaults.
    var vault: String?
    var tags: [String]
    var skipTags: [String]
    var forks: Int?
    var sharesFacts: Bool
    var become: Bool?
    var isStrict: Bool
    var isIdempotent: Bool
    /// Not resolved: both may refer to secrets.
    var variables: Document?
    var environment: [String: String]

    /// Options that may refer to secrets, as they reach Ansible only through the environment.
    static let secretKeys: Set<String> = ["extra_vars", "vars", "env", "vault"]

    init(_ step: StepPlan, scope: Scope) throws {
        let raw = step.subject
        let subject = try scope.render(
            Document(.map(raw.members.filter { !["extra_vars", "vars", "env"].contains($0.key) }), at: raw.location))
        let home = Paths.folder(of: raw.location)
        let folder = subject["directory"].flatMap(Paths.absolute)
        playbook = subject["playbook"]?.text.map { Self.playbook($0, in: folder ?? home) }
        role = subject["role"]?.text.map { $0.contains("/") ? Paths.absolute($0, in: home) : $0 }
        tasksFrom = subject["tasks_from"]?.text
        directory = folder ?? playbook.flatMap { $0.hasPrefix("/") ? Paths.folder(of: $0) : nil } ?? home
        collections = (subject["collections"]?.oneOrMore ?? []).compactMap(Paths.absolute)
        rolesPath = (subject["roles_path"]?.oneOrMore ?? []).compactMap(Paths.absolute)
        requirements = subject["requirements"].flatMap(Paths.absolute)
        variablesFiles = (subject["vars_files"]?.oneOrMore ?? []).compactMap(Paths.absolute)
        inventories = (subject["inventory"]?.oneOrMore ?? []).compactMap { $0.text?.isEmpty == true ? nil : Paths.absolute($0) }
        vault = subject["vault"]?.text
        tags = subject["tags"]?.texts ?? []
        skipTags = subject["skip_tags"]?.texts ?? []
        forks = subject["forks"]?.int
        sharesFacts = subject["facts"]?.text == FactsUse.shared.rawValue
        become = subject["become"]?.bool
        isStrict = subject["strict"]?.bool ?? false
        isIdempotent = try step.options["idempotence"].map { try scope.render($0).bool } == true
        variables = Self.extraVariables(raw)
        let own = (raw["env"]?.members ?? []).map { ($0.key, $0.value.text ?? "") }
        environment = step.environment.merging(own) { _, last in last }
        // Ansible takes a role's name for a template, and refuses one with a comma; a folder of the search path it takes as it is.
        if let path = role, path.hasPrefix("/"), path.contains(where: { "{,".contains($0) }) {
            role = path.split(separator: "/").last.map(String.init)
            rolesPath.insert(Paths.folder(of: path), at: 0)
        }
    }

    /// All paths that Ansible gets of them.
    var paths: [String] {
        [directory] + [playbook, role, requirements].compactMap(\.self) + collections + rolesPath + variablesFiles
    }

    /// The extra variables of a step; `vars` is their old name.
    static func extraVariables(_ subject: Document) -> Document? { subject["extra_vars"] ?? subject["vars"] }

    /// A dotted name without a file is a playbook of a collection, which Ansible finds itself.
    private static func playbook(_ text: String, in folder: String) -> String {
        let path = Paths.absolute(text, in: folder)
        let isDotted = !text.contains("/") && text.count { $0 == "." } >= 2
        return isDotted && !FileSystem.exists(path) ? text : path
    }
}

/// Where the plays of a step have the facts of the hosts from.
enum FactsUse: String, CaseIterable {
    case fresh
    case shared
}
