internal import MatrixCore

/// What an `ansible` step looks like in the matrix file.
enum AnsibleDeclaration {
    static let declaration = Declaration(
        kind: "ansible", subject: .object(ObjectShape("an ansible step", keys)),
        keys: [KeyShape("idempotence", .boolean, "Runs it a second time and fails if anything changes then")],
        summary: "Runs a playbook or a role on the cell's hosts", example: example, verifies: true,
        programs: { _ in [.needed("ansible-playbook")] }, examine: examine)

    private static let keys = [
        KeyShape("playbook", .text, "A playbook; relative to directory, or to this file if directory is not set"),
        KeyShape("role", .text, "A role by name, by namespace.collection.role or by path, instead of a playbook"),
        KeyShape("tasks_from", .text, "The tasks file of the role, instead of main"),
        KeyShape("directory", .text, "Where ansible-playbook is started; its ansible.cfg is used"),
        KeyShape("collections", .oneOrMore(.text), "Checkouts of collections (with galaxy.yml), or folders that hold ansible_collections/"),
        KeyShape("roles_path", .oneOrMore(.text), "Folders with roles"),
        KeyShape("requirements", .text, "A requirements file, installed by ansible-galaxy for this step alone"),
        KeyShape("inventory", .oneOrMore(.text), "Your own Ansible inventories, read before that of the cell"),
        KeyShape("extra_vars", .map(.any), "Extra variables, which override all others; secrets reach Ansible by the environment"),
        KeyShape("vars", .map(.any), "The old name of extra_vars"),
        KeyShape("vars_files", .oneOrMore(.text), "Files of extra variables"),
        KeyShape("vault", .text, "The name of the secret that opens vaults"),
        KeyShape("tags", .oneOrMore(.text), "Only tasks with these tags"),
        KeyShape("skip_tags", .oneOrMore(.text), "No tasks with these tags"),
        KeyShape("forks", .integer(1...1000), "Hosts at once. Default: all of the step, at most 50"),
        KeyShape(
            "facts", .choice(FactsUse.allCases.map(\.rawValue)),
            "fresh: each play asks the hosts; shared: it uses what an earlier step of the cell has gathered. Default: `fresh`"),
        KeyShape("become", .boolean, "Becomes root on the hosts; default for a role: true"),
        KeyShape(
            "strict", .boolean, "What the playbook ignores or rescues is a failure, and so is a play that touches no host of the cell"),
        KeyShape("env", .map(.text), "Environment variables of ansible-playbook"),
    ]

    private static let example = """
        - name: telegraf
          ansible:
            role: jackaltx.solti_monitoring.telegraf
            collections: [../../solti-monitoring]
            extra_vars: { telegraf_state: present }
          idempotence: true
        """

    /// What shapes cannot say: files that are not there, options that exclude each other, secrets in the wrong place.
    @Sendable private static func examine(_ item: Document) -> [Diagnostic] {
        guard let subject = item["ansible"] else { return [] }
        let misplaced = SecretNames.diagnostics(in: subject, except: AnsibleOptions.secretKeys)
        return exclusions(subject) + oldName(subject) + files(subject) + collections(subject) + misplaced
            + (AnsibleOptions.extraVariables(subject)?.secretsInExpressions ?? [])
    }

    private static func exclusions(_ subject: Document) -> [Diagnostic] {
        var problems: [Diagnostic] = []
        switch (subject.has("playbook"), subject.has("role")) {
        case (true, true):
            problems.append(Diagnostic(at: subject.location, "playbook and role exclude each other", hint: "write two steps"))
        case (false, false):
            problems.append(Diagnostic(at: subject.location, "neither playbook nor role is given", hint: "give one of them"))
        default: break
        }
        if let tasks = subject["tasks_from"], !subject.has("role") {
            problems.append(Diagnostic(at: tasks.location, "tasks_from needs a role", hint: "for a part of a playbook use tags:"))
        }
        return problems
    }

    /// `vars` was the name of `extra_vars`; in Ansible it is that of variables which others override.
    private static func oldName(_ subject: Document) -> [Diagnostic] {
        guard let old = subject.members.first(where: { $0.key == "vars" }) else { return [] }
        if subject.has("extra_vars") {
            return [Diagnostic(at: old.keyLocation, "vars is the old name of extra_vars", hint: "move its variables to extra_vars")]
        }
        return [
            Diagnostic(
                .warning, at: old.keyLocation, "vars of an ansible step is now called extra_vars: its variables override all others",
                hint: "rename it to extra_vars, or set the variables under hosts: or groups:, where a play or role can override them")
        ]
    }

    private static func files(_ subject: Document) -> [Diagnostic] {
        let folder = subject["directory"]
        var named = ["requirements", "vars_files"].flatMap { subject[$0]?.oneOrMore ?? [] }.map { ($0, Paths.absolute($0)) }
        if let playbook = subject["playbook"], let text = playbook.text, text.contains("/") || text.count(where: { $0 == "." }) < 2 {
            let home = folder.map(Paths.absolute) ?? Paths.folder(of: playbook.location)
            if !isOpen(folder?.text), let home { named.append((playbook, Paths.absolute(text, in: home))) }
        }
        let inventories = (subject["inventory"]?.oneOrMore ?? []).compactMap { Paths.missing($0, "inventory") }
        let folders = [folder].compactMap(\.self) + (subject["roles_path"]?.oneOrMore ?? [])
        return inventories + named.compactMap { Paths.missing($0.0, at: $0.1) }
            + folders.compactMap { Paths.missing($0, "folder", FileSystem.isFolder) }
    }

    private static func collections(_ subject: Document) -> [Diagnostic] {
        (subject["collections"]?.oneOrMore ?? []).compactMap { option in
            guard !isOpen(option.text), let path = Paths.absolute(option) else { return nil }
            if let absent = Paths.missing(option, "folder", FileSystem.isFolder) { return absent }
            guard CollectionSource(path) == nil else { return nil }
            return Diagnostic(
                at: option.location, "\(path) is not a collection",
                hint: "name a checkout with a galaxy.yml that gives namespace and name, or a folder that holds ansible_collections/")
        }
    }

    /// Whether a text is known only when the step runs.
    private static func isOpen(_ text: String?) -> Bool { text?.contains("${") == true }
}
