internal import MatrixCore

/// The script beside the log that runs a step again, without matrix and without any secret in it.
struct AnsibleScript {
    let step: StepPlan
    let cell: String
    let options: AnsibleOptions
    let settings: AnsibleSettings
    /// Settings that the step has because nobody says otherwise.
    let defaults: [String: String]
    /// Variables whose values Ansible would put into the step's paths.
    let unset: Set<String>
    /// The step's folder.
    let folder: String
    let arguments: [AnsibleArgument]
    /// The command line of a program of Ansible, with its folder if that is not on the `PATH`.
    let program: (String) -> String

    /// The whole script. It accepts more arguments for `ansible-playbook`.
    ///
    /// - Parameters:
    ///   - secrets: the variables that the user must set first.
    ///   - exports: `export` lines of the step.
    func text(secrets: [String], exports: [String]) -> String {
        let words = arguments.map { $0.scriptWord(settings.links) }.joined(separator: " ")
        var lines = [
            "#!/bin/sh", "# Runs the step '\(oneLine(step.name))' of the cell \(cell) again. More arguments go to ansible-playbook.",
        ]
        lines += ["set -eu", "here=$(cd \"$(dirname \"$0\")\" && pwd)"]
        lines += secrets.sorted().map { ": \"${\($0):?set it to the secret first}\"; export \($0)" }
        if options.vault != nil {
            lines.append(": \"${ANSIBLE_VAULT_PASSWORD_FILE:?name a file with the vault's password}\"; export ANSIBLE_VAULT_PASSWORD_FILE")
        }
        let settled = AnsibleSettings.fixed.merging(defaults) { $1 }
        lines += tree + settled.sorted { $0.key < $1.key }.map { "export \($0.key)=\(ShellQuoting.quote($0.value))" }
        lines += ["export ANSIBLE_CONFIG=\(settings.userConfiguration.map(ShellQuoting.quote) ?? "\"$here\"/ansible.cfg")"]
        if !unset.isEmpty { lines.append("unset \(unset.sorted().joined(separator: " "))") }
        lines += exports + ["cd \(ShellQuoting.quote(options.directory))"] + install
        return (lines + ["\(program("ansible-playbook")) \(words) \"$@\"", ""]).joined(separator: "\n")
    }

    private var tree: [String] {
        var lines: [String] = []
        if settings.hasTree { lines += ["tree=$(mktemp -d)", "trap 'rm -rf \"$tree\"' EXIT"] }
        for checkout in settings.checkouts {
            let namespace = "\"$tree\"/ansible_collections/\(checkout.namespace)"
            lines += ["mkdir -p \(namespace)", "ln -s \(ShellQuoting.quote(checkout.path)) \(namespace)/\(checkout.name)"]
        }
        for (number, path) in settings.links.paths.enumerated() {
            lines += ["mkdir -p \"$tree\"/links", "ln -s \(ShellQuoting.quote(path)) \"$tree\"/links/\(number)"]
        }
        if settings.links.place(of: folder) != nil { lines += ["ln -s \"$here\" \"$tree\"/step", "here=\"$tree\"/step"] }
        if let path = settings.collectionsPath(tree: "$tree") {
            lines.append("export ANSIBLE_COLLECTIONS_PATH=\(StepEnvironment.doubleQuoted(path, expanding: "$tree"))")
        }
        if let path = settings.rolesPath(tree: "$tree") {
            lines.append("export ANSIBLE_ROLES_PATH=\(StepEnvironment.doubleQuoted(path, expanding: "$tree"))")
        }
        return lines
    }

    private var install: [String] {
        guard let file = options.requirements else { return [] }
        let paths = "ANSIBLE_COLLECTIONS_PATH=\"$tree\" ANSIBLE_ROLES_PATH=\"$tree/roles\""
        return ["\(paths) \(program("ansible-galaxy")) install -r \(ShellQuoting.quote(file))"]
    }

    private func oneLine(_ text: String) -> String { text.split(whereSeparator: \.isNewline).joined(separator: " ") }
}
