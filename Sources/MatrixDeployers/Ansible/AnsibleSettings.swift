internal import MatrixCore

/// Ansible's settings for one step: settings that must win are in the environment, the rest in `ansible.cfg`.
struct AnsibleSettings {
    /// The configuration if the project has none.
    static let configuration = """
        [defaults]
        timeout = 30

        [ssh_connection]
        retries = 3

        """

    /// The folder for installed `requirements` and linked checkouts.
    let tree: String
    let checkouts: [(path: String, namespace: String, name: String)]
    private let trees: [String]
    private let rolesPath: [String]
    private let user: UserConfiguration?
    private let scratch: String
    private let installs: Bool
    private let forks: Int?
    let links: AnsibleLinks

    /// - Parameters:
    ///   - scratch: a folder whose path is plain.
    ///   - files: files and folders beside which Ansible looks for roles.
    init(_ options: AnsibleOptions, scratch: String, files: [String] = []) throws {
        self.scratch = scratch
        tree = "\(scratch)/collections"
        let user = UserConfiguration(in: options.directory)
        self.user = user
        forks = options.forks
        installs = options.requirements != nil
        rolesPath = options.rolesPath + ["\(options.directory)/roles"].filter { options.role != nil && FileSystem.isFolder($0) }
        var trees: [String] = []
        var checkouts: [(path: String, namespace: String, name: String)] = []
        for path in options.collections {
            switch CollectionSource(path) {
            case .tree(let path): trees.append(path)
            case .checkout(let path, let namespace, let name): checkouts.append((path, namespace, name))
            case nil:
                throw InfrastructureError(
                    "\(path) is not a collection",
                    why: "it has neither a galaxy.yml with namespace and name nor a folder ansible_collections",
                    next: "check collections: of the step", type: .ansibleCollection, isTransient: false)
            }
        }
        (self.trees, self.checkouts) = (trees, checkouts)
        let configured = ["collections_path", "collections_paths", "roles_path", "callback_plugins"].flatMap { user?.paths($0) ?? [] }
        links = AnsibleLinks(lists: trees + rolesPath + configured, files: files)
        try link()
    }

    private func link() throws {
        for (number, path) in links.paths.enumerated() {
            try FileSystem.makeFolder("\(tree)/links")
            try FileSystem.link("\(tree)/links/\(number)", to: path)
        }
        for checkout in checkouts {
            let namespace = "\(tree)/ansible_collections/\(checkout.namespace)"
            try FileSystem.makeFolder(namespace)
            try FileSystem.link("\(namespace)/\(checkout.name)", to: checkout.path)
        }
    }

    /// Whether a tree of collections is built for the step.
    private var hasCollections: Bool { installs || !checkouts.isEmpty }

    /// Whether a folder of links and collections is made for the step.
    var hasTree: Bool { hasCollections || !links.paths.isEmpty }

    /// Paths as a list that Ansible splits again.
    private func list(_ paths: [String], tree: String) -> String {
        paths.map { links.path($0, tree: tree) }.joined(separator: ":")
    }

    /// The collections' search path, or nil to leave it to Ansible.
    func collectionsPath(tree: String) -> String? {
        guard hasCollections || !trees.isEmpty else { return nil }
        let configured = user?.paths("collections_path", "collections_paths") ?? []
        let rest = configured.isEmpty ? ["~/.ansible/collections", "/usr/share/ansible/collections"] : configured
        return list((hasCollections ? [tree] : []) + trees + rest, tree: tree)
    }

    /// The roles' search path, or nil to leave it to Ansible.
    func rolesPath(tree: String) -> String? {
        guard installs || !rolesPath.isEmpty else { return nil }
        let configured = user?.paths("roles_path") ?? []
        let rest = configured.isEmpty ? ["~/.ansible/roles", "/usr/share/ansible/roles", "/etc/ansible/roles"] : configured
        return list(rolesPath + (installs ? ["\(tree)/roles"] : []) + rest, tree: tree)
    }

    /// The project's `ansible.cfg`; nil if it has none.
    var userConfiguration: String? { user?.path }

    /// Settings that override the user's.
    static let fixed = [
        // A runner in the C locale would make Ansible refuse to start.
        "LC_ALL": "C.UTF-8", "ANSIBLE_NOCOLOR": "1", "ANSIBLE_NOCOWS": "1", "ANSIBLE_RETRY_FILES_ENABLED": "0",
        // Each host's SSH options check its key; Ansible's false would come before them and switch that off.
        "ANSIBLE_HOST_KEY_CHECKING": "1",
        // ansible.cfg may name another control path; the masters must be found again at the end.
        "ANSIBLE_SSH_ARGS": sshArguments,
        // Ansible would only warn, and run without the variables of that inventory.
        "ANSIBLE_INVENTORY_ANY_UNPARSED_IS_FAILED": "1",
    ]

    /// What Ansible gives to every `ssh`.
    static let sshArguments = "-o ControlMaster=auto -o ControlPersist=60s"

    /// How many hosts Ansible takes at once at most, if nobody says it.
    private static let mostForks = 50
    private static let usualForks = 5

    /// Settings that count unless the step or its project says otherwise.
    ///
    /// - Parameters:
    ///   - own: what the step sets itself.
    ///   - hosts: how many hosts the step has.
    func defaults(_ own: [String: String], hosts: Int) -> [String: String] {
        let project = project(own)
        var settings: [String: String] = [:]
        if Self.setsPipelining(project, own) { settings["ANSIBLE_PIPELINING"] = "1" }
        if hosts > Self.usualForks, forks == nil, project?.has("forks", in: "defaults") != true, own["ANSIBLE_FORKS"] == nil {
            settings["ANSIBLE_FORKS"] = "\(min(hosts, Self.mostForks))"
        }
        return settings
    }

    /// The configuration that Ansible reads; nil if it is ours.
    func project(_ own: [String: String]) -> UserConfiguration? { own["ANSIBLE_CONFIG"].map { UserConfiguration(at: $0) } ?? user }

    /// Whether modules reach the hosts over the connection that runs them, without a file for each, because nobody says otherwise.
    static func setsPipelining(_ options: AnsibleOptions) -> Bool {
        let own = options.environment
        return setsPipelining(own["ANSIBLE_CONFIG"].map { UserConfiguration(at: $0) } ?? UserConfiguration(in: options.directory), own)
    }

    private static func setsPipelining(_ project: UserConfiguration?, _ own: [String: String]) -> Bool {
        let isConfigured = ["defaults", "connection", "ssh_connection"].contains { project?.has("pipelining", in: $0) == true }
        return !isConfigured && own["ANSIBLE_PIPELINING"] == nil && own["ANSIBLE_SSH_PIPELINING"] == nil
    }

    /// The environment of the process, apart from secrets.
    ///
    /// - Parameter own: what the step sets itself; its lists are joined with ours.
    func environment(_ own: [String: String], folder: String) -> [String: String] {
        var settings = Self.fixed
        settings["ANSIBLE_FORCE_COLOR"] = "0"
        settings["PYTHONUNBUFFERED"] = "1"
        settings["ANSIBLE_CONFIG"] = own["ANSIBLE_CONFIG"] ?? userConfiguration ?? "\(folder)/ansible.cfg"
        settings["ANSIBLE_COLLECTIONS_PATH"] = own["ANSIBLE_COLLECTIONS_PATH"] ?? collectionsPath(tree: tree)
        settings["ANSIBLE_ROLES_PATH"] = own["ANSIBLE_ROLES_PATH"] ?? rolesPath(tree: tree)
        let plugins = own["ANSIBLE_CALLBACK_PLUGINS"].map { [$0] } ?? user?.paths("callback_plugins") ?? []
        settings["ANSIBLE_CALLBACK_PLUGINS"] = list(["\(scratch)/plugins"] + plugins, tree: tree)
        let enabled = own["ANSIBLE_CALLBACKS_ENABLED"].map { [$0] } ?? user?.words("callbacks_enabled", "callback_whitelist") ?? []
        settings["ANSIBLE_CALLBACKS_ENABLED"] = (["solti_matrix"] + enabled).joined(separator: ",")
        return settings
    }
}

/// A folder that a step names under `collections:`.
enum CollectionSource {
    /// A checkout of one collection.
    case checkout(path: String, namespace: String, name: String)
    /// A folder that holds `ansible_collections/`.
    case tree(path: String)

    /// Nil if the folder is neither.
    init?(_ path: String) {
        if let text = FileSystem.text(of: "\(path)/galaxy.yml") {
            guard let namespace = Self.value(of: "namespace", in: text), let name = Self.value(of: "name", in: text) else { return nil }
            self = .checkout(path: path, namespace: namespace, name: name)
        } else if FileSystem.isFolder("\(path)/ansible_collections") {
            self = .tree(path: path)
        } else {
            return nil
        }
    }

    /// The value of a key of a YAML map's top level; enough for the two words that a galaxy.yml must hold.
    private static func value(of key: String, in text: String) -> String? {
        for line in text.split(whereSeparator: \.isNewline) where line.hasPrefix("\(key):") {
            let value = line.dropFirst(key.count + 1).prefix { $0 != "#" }.filter { !$0.isWhitespace && $0 != "\"" && $0 != "'" }
            return value.isEmpty ? nil : value
        }
        return nil
    }
}

/// The `ansible.cfg` of a project: only the settings that are joined with ours, as environment variables would replace them.
struct UserConfiguration {
    /// Its absolute path.
    let path: String
    /// By section and key.
    private let settings: [String: [String: String]]

    /// Nil if the folder has none.
    init?(in folder: String) {
        guard FileSystem.text(of: "\(folder)/ansible.cfg") != nil else { return nil }
        self.init(at: "\(folder)/ansible.cfg")
    }

    /// A file; without settings if it cannot be read.
    init(at path: String) {
        self.path = path
        settings = Self.settings(of: FileSystem.text(of: path) ?? "")
    }

    /// Whether it sets a key.
    func has(_ name: String, in section: String) -> Bool { settings[section]?[name] != nil }

    /// A list of paths of its `[defaults]`, made absolute; empty if it has none.
    func paths(_ names: String...) -> [String] {
        values(names, separator: ":").map { Paths.absolute($0, in: Paths.folder(of: path)) }
    }

    /// A list of words of its `[defaults]`.
    func words(_ names: String...) -> [String] { values(names, separator: ",") }

    private func values(_ names: [String], separator: Character) -> [String] {
        let text = names.compactMap { settings["defaults"]?[$0] }.first ?? ""
        return text.split(separator: separator).map { String($0.drop { $0.isWhitespace }.reversed().drop { $0.isWhitespace }.reversed()) }
    }

    private static func settings(of text: String) -> [String: [String: String]] {
        var section = ""
        var found: [String: [String: String]] = [:]
        for line in text.split(whereSeparator: \.isNewline).map({ $0.drop { $0.isWhitespace } }) {
            if line.hasPrefix("[") { section = String(line.dropFirst().prefix { $0 != "]" }) }
            guard let first = line.first, !"#;[".contains(first), let mark = line.firstIndex(where: { "=:".contains($0) }) else { continue }
            let key = line[..<mark].filter { !$0.isWhitespace }
            found[section, default: [:]][key] = String(line[line.index(after: mark)...])
        }
        return found
    }
}
