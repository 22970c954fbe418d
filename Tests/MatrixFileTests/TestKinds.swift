import MatrixCore

/// Kinds like those of the real deployers, checks and drivers, with the same keys.
enum TestKinds {
    static let deployers: [Declaration] = [
        Declaration(
            kind: "ansible",
            subject: .object(
                ObjectShape(
                    "the options of ansible",
                    [
                        KeyShape("playbook", .text, "The playbook"), KeyShape("role", .text, "The role"),
                        KeyShape("directory", .text, "The working folder"),
                        KeyShape("collections", .oneOrMore(.text), "Collections"),
                        KeyShape("extra_vars", .map(.any), "Extra variables"), KeyShape("vars", .map(.any), "The old name of extra_vars"),
                        KeyShape("inventory", .oneOrMore(.text), "Inventories"),
                        KeyShape("env", .map(.text), "Environment"), KeyShape("tags", .list(.text), "Tags"),
                        KeyShape("forks", .integer(1...1000), "Forks"),
                        KeyShape("become", .boolean, "Whether to become root"),
                    ])), keys: [KeyShape("idempotence", .boolean, "Run it again")], summary: "Runs Ansible",
            example: "- ansible: { playbook: site.yml }", verifies: true,
            examine: { item in
                let options = item["ansible"]
                guard options?["playbook"] == nil, options?["role"] == nil else { return [] }
                return [Diagnostic(at: options?.location, "`ansible` needs `playbook` or `role`", hint: "name one of them")]
            }),
        Declaration(
            kind: "shell", subject: .either([.text, .object(ObjectShape("a script", [KeyShape("file", .text, "The script")]))]),
            keys: [KeyShape("as", .text, "The account")], summary: "Runs a script on the hosts", example: "- shell: uptime"),
        Declaration(kind: "local", subject: .list(.text), summary: "Runs a program here", example: "- local: [true]", isCommand: true),
        Declaration(
            kind: "collect",
            subject: .oneOrMore(.either([.text, .object(ObjectShape("a journal", [KeyShape("journal", .text, "A unit")]))])),
            summary: "Fetches files", example: "- collect: [/var/log]"),
    ]

    /// Deployers whose options only their module knows.
    static let later: [Declaration] = [
        Declaration(kind: "kubernetes", subject: .map(.any), summary: "Applies manifests", example: "- kubernetes: { manifests: [a.yml] }"),
        Declaration(kind: "ispconfig", subject: .map(.any), summary: "Installs ISPConfig", example: "- ispconfig: { domain: a.example }"),
        Declaration(kind: "wazuh", subject: .map(.any), summary: "Installs Wazuh", example: "- wazuh: { version: '4.9' }"),
    ]

    static let checks: [Declaration] = [
        check("service", keys: ["running", "enabled", "masked", "restarts"]),
        check("package", keys: ["installed", "version"]),
        Declaration(
            kind: "port", subject: .integer(1...65535), keys: matchers(["protocol", "address", "process"]), summary: "A listening socket",
            example: "- port: 22", asksFromElsewhere: true),
        Declaration(
            kind: "http", subject: .text,
            keys: [KeyShape("method", .text, "The method")] + matchers(["status", "body", "headers"]) + [
                KeyShape("json", .map(.matcher), "Fields")
            ],
            summary: "A request", example: "- http: http://localhost", asksFromElsewhere: true),
        Declaration(
            kind: "command", subject: .text, keys: matchers(["exit", "stdout", "stderr"]), summary: "Asks for a command",
            example: "- command: x", remembers: true),
        check("file", keys: ["exists", "type", "mode", "owner", "group", "size", "sha256", "contains"]),
        check("process", keys: ["count", "user"]),
        check("user", keys: ["exists", "uid", "gid", "groups", "home", "shell"]),
        check("group", keys: ["exists", "gid"]),
        Declaration(kind: "os", subject: .object(ObjectShape("nothing", [])), summary: "The right system", example: "- os: {}"),
    ]

    static let drivers: [Declaration] = [
        Declaration(kind: "podman", subject: .any, summary: "Containers", example: "driver: podman"),
        Declaration(
            kind: "proxmox", subject: .any,
            keys: [
                KeyShape("endpoint", .text, "The address", required: true), KeyShape("node", .oneOrMore(.text), "The node"),
                KeyShape(
                    "token", .object(ObjectShape("a token", [KeyShape("id", .text, "Id"), KeyShape("secret", .secretSource, "Secret")])),
                    "The token"),
                KeyShape("clone", .choice(["linked", "full"]), "How to clone"), KeyShape("memory", .size, "Memory"),
            ], summary: "Machines of Proxmox VE", example: "driver: proxmox"),
    ]

    /// Drivers of `valid-complete.yml`, with free settings.
    static let free: [Declaration] = ["linode", "static", "k3s"].map { name in
        let keys = ["token", "region", "type", "hosts", "nodes", "version", "server_args", "config"].map { KeyShape($0, .any, "Anything") }
        return Declaration(
            kind: name, subject: .any, keys: keys, summary: name, example: "driver: \(name)",
            lenders: { name == "k3s" ? [$0["nodes"]].compactMap(\.self).flatMap { $0.text == nil ? $0.members.map(\.value) : [$0] } : [] },
            groups: { role, isAlone in name == "k3s" ? [role == "control" || isAlone ? "k3s_control" : "k3s_worker"] : [] })
    }

    private static func check(_ kind: String, keys: [String]) -> Declaration {
        Declaration(kind: kind, subject: .text, keys: matchers(keys), summary: "Asks for a \(kind)", example: "- \(kind): x")
    }

    private static func matchers(_ names: [String]) -> [KeyShape] {
        names.map { KeyShape($0, .matcher, "Matches \($0)") }
    }
}
