internal import MatrixCore

extension K3sSettings {
    private static let limitKeys = [
        KeyShape("install", .duration, "For the install script on a host. Default: `5m`"),
        KeyShape("start", .duration, "For a node's service to start. Default: `5m`"),
        KeyShape(
            "join", .either([.duration, .map(.duration)]),
            "For a node to join, or one for each: globs over the hosts' names. Default: as start"),
        KeyShape("ready", .duration, "For the whole cluster to be ready. Default: `5m`"),
        KeyShape("reboot", .duration, "For a host to come back from a reboot. Default: `5m`"),
        KeyShape("clock", .duration, "For the hosts' clocks to agree with this machine's. Default: `2m`"),
    ]

    private static let keys: [KeyShape] = [
        KeyShape(
            "nodes", .either([.text, .map(.text)]),
            "The platform that lends the nodes, or one for each system: globs over the systems' names", required: true),
        KeyShape(
            "version", .text,
            "A release such as v1.31.5+k3s1, or a channel such as stable, resolved once for all nodes. Default: `stable`"),
        KeyShape("script", .text, "A local copy of the install script, instead of script_url"),
        KeyShape("script_url", .text, "The URL of the install script. Default: `https://get.k3s.io`"),
        KeyShape("channel_url", .text, "The URL that resolves channels. Default: `https://update.k3s.io/v1-release/channels`"),
        KeyShape(
            "binary", .either([.text, .map(.text)]),
            "The k3s program, or one for each of amd64, arm64 and arm: then the nodes download nothing"),
        KeyShape("images", .oneOrMore(.text), "Archives of container images that the nodes import when they start"),
        KeyShape("server_args", .oneOrMore(.text), "More arguments of the server"),
        KeyShape("agent_args", .oneOrMore(.text), "More arguments of the agents"),
        KeyShape("config", .map(.any), "The content of /etc/rancher/k3s/config.yaml on every node"),
        KeyShape(
            "registries", .map(.any),
            "The content of /etc/rancher/k3s/registries.yaml on every node; a password can be { env: NAME }, { file: PATH } or "
                + "{ command: [PROGRAM] }"),
        KeyShape(
            "data_dir", .pattern(#"(|/[A-Za-z0-9._/-]+)"#, meaning: "an absolute path of letters, digits and ._/-"),
            "K3s's data on every node: a folder that does not exist or is empty. Default: `/var/lib/rancher/k3s`"),
        KeyShape("tls_san", .oneOrMore(.text), "More names and addresses of the server's certificate"),
        KeyShape("flannel_iface", .text, "The network interface of the pods' traffic, on hosts with several"),
        KeyShape(
            "uninstall", .choice(Uninstall.allCases.map(\.rawValue)),
            "When to remove K3s from the hosts: auto (only if they outlive the run) or always. Default: `auto`"),
        KeyShape("reboot", .boolean, "Whether a host may be rebooted if a prerequisite needs it. Default: `true`"),
        KeyShape("limits", .object(ObjectShape("time limits", limitKeys)), "How long each part may take"),
    ]

    /// The driver as the matrix file knows it.
    static let declaration = Declaration(
        kind: "k3s", subject: .object(ObjectShape("a k3s platform", keys)), keys: keys,
        summary: "A K3s cluster on hosts that another platform lends",
        example: """
            k3s:
              driver: k3s
              nodes: { debian12: pi-farm, "rocky*": proxmox }
              version: v1.31.5+k3s1
              server_args: [--disable, traefik]
            """,
        lenders: { settings in
            guard let nodes = settings["nodes"] else { return [] }
            return nodes.text != nil ? [nodes] : nodes.members.map(\.value)
        },
        groups: { role, isAlone in role == "control" || isAlone ? [Cluster.controlGroup] : ["k3s_worker"] },
        promises: { _ in
            Promises(except: [
                .listing: .withheld("its lender lists the hosts, and only the ledger knows a cluster"),
                .price: .bySettings("as its lender"), .power: .bySettings("as its lender"), .size: .bySettings("as its lender"),
            ])
        },
        examine: { examine($0["k3s"] ?? $0) })

    private static func examine(_ options: Document) -> [Diagnostic] {
        var problems: [Diagnostic] = []
        for key in ["server_args", "agent_args"] { problems += ReservedFlag.problems(inArguments: options[key]) }
        problems += ReservedFlag.problems(inConfiguration: options["config"])
        if let folder = options["data_dir"], let text = folder.text, !text.isEmpty, !Self.isFolderOfItsOwn(text) {
            problems.append(
                Diagnostic(
                    at: folder.location, "data_dir cannot be '\(text)': the removal deletes the whole folder",
                    hint: "write data_dir: /srv/k3s")
            )
        }
        if let nodes = options["nodes"], nodes.text == nil, nodes.members.isEmpty {
            problems.append(Diagnostic(at: nodes.location, "nodes names no platform", hint: "write nodes: podman"))
        }
        for member in options["limits"]?.members ?? [] {
            for limit in [member.value] + member.value.members.map(\.value) where (limit.duration ?? .seconds(1)) <= .zero {
                problems.append(Diagnostic(at: limit.location, "\(member.key) must be above 0s", hint: "write 5m"))
            }
        }
        return problems
    }

    /// Whether a path is one below the folders of the root, as the host's programs read it.
    private static func isFolderOfItsOwn(_ path: String) -> Bool {
        let parts = path.split(separator: "/")
        return parts.count > 1 && !parts.contains { $0 == "." || $0 == ".." }
    }
}
