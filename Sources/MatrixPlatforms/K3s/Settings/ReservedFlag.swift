internal import MatrixCore

/// A flag of K3s that the driver sets itself or relies on: a matrix file must not set it.
struct ReservedFlag: Sendable {
    /// Its long name and its aliases, without dashes.
    var names: [String]
    var why: String
    var hint: String

    private init(_ names: String..., why: String, hint: String) {
        (self.names, self.why, self.hint) = (names, why, hint)
    }

    private static let token = "everybody on the host can see a token on a command line"
    private static let ownToken = "remove it: every cluster gets its own"

    private static let all = [
        ReservedFlag("token", "t", why: token, hint: ownToken),
        ReservedFlag("agent-token", why: token, hint: ownToken),
        ReservedFlag("cluster-secret", why: token, hint: ownToken),
        ReservedFlag("token-file", why: "agents join with the cluster's own token", hint: ownToken),
        ReservedFlag("agent-token-file", why: "agents join with the cluster's own token", hint: ownToken),
        ReservedFlag("server", "s", why: "nodes join the control node of their cell", hint: "remove it"),
        ReservedFlag("data-dir", "d", why: "the removal would not find K3s's files", hint: "write data_dir: FOLDER for the platform"),
        ReservedFlag("config", "c", why: "the file of config: would not be read", hint: "write config: { … } for the platform"),
        ReservedFlag(
            "write-kubeconfig", "o", why: "the kubeconfig is read from its usual place", hint: "remove it: ${kubeconfig} names a copy"),
        ReservedFlag("log", "l", why: "the reason of a failed start is read from the journal", hint: "remove it"),
        ReservedFlag("https-listen-port", why: port, hint: "remove it"),
        ReservedFlag("supervisor-port", why: port, hint: "remove it"),
        ReservedFlag("apiserver-port", why: port, hint: "remove it"),
        ReservedFlag("advertise-port", why: port, hint: "remove it"),
        ReservedFlag("bind-address", why: "the API is asked at the host's own addresses", hint: "remove it"),
        ReservedFlag("disable-agent", why: "the control node must be a node of the cluster", hint: "remove it"),
        ReservedFlag("disable-apiserver", why: part, hint: "remove it"),
        ReservedFlag("disable-controller-manager", why: part, hint: "remove it"),
        ReservedFlag("disable-scheduler", why: part, hint: "remove it"),
        ReservedFlag("disable-etcd", why: part, hint: "remove it"),
        ReservedFlag("datastore-endpoint", why: "a database outside would outlive the cluster", hint: "remove it"),
        ReservedFlag("cluster-reset", why: "a cluster begins empty", hint: "remove it"),
        ReservedFlag("cluster-reset-restore-path", why: "a cluster begins empty", hint: "remove it"),
        ReservedFlag("node-name", why: "nodes have the names of their hosts", hint: "name the host: provision: { hostname: true }"),
        ReservedFlag("with-node-id", why: "nodes have the names of their hosts", hint: "remove it"),
        ReservedFlag("node-ip", "i", why: "every node gets the address at which its cell reaches it", hint: "remove it"),
        ReservedFlag(
            "flannel-iface", why: "every node gets the interface of the platform", hint: "write flannel_iface: NAME for the platform"),
        ReservedFlag(
            "private-registry", why: "the registries come from a file of the platform", hint: "write registries: { … } for the platform"),
        ReservedFlag("docker", why: engine, hint: "remove it"),
        ReservedFlag("container-runtime-endpoint", why: engine, hint: "remove it"),
        ReservedFlag("rootless", why: "K3s is started as a service of root", hint: "remove it"),
    ]

    private static let port = "nodes and checks reach the API at port 6443"
    private static let part = "the cluster would never be ready"
    private static let engine = "the removal would not find the containers of another engine"

    /// Flags of the kubelet that move what the removal looks for.
    private static let kubelet = [
        ReservedFlag("root-dir", why: "the removal would not find the pods' files", hint: "remove it"),
        ReservedFlag("cgroup-root", why: "the removal would not find the pods' processes", hint: "remove it"),
        ReservedFlag("hostname-override", why: "nodes have the names of their hosts", hint: "name the host: provision: { hostname: true }"),
    ]

    // MARK: - Finding them

    /// Problems of a list of arguments: `--token x`, `-token=x`, `-t x`.
    static func problems(inArguments arguments: Document?) -> [Diagnostic] {
        var problems: [Diagnostic] = []
        var isKubelet = false
        for argument in arguments?.oneOrMore ?? [] {
            guard let text = argument.text else { continue }
            let (name, value) = parts(text)
            if isKubelet { problems += diagnostics(of: text, at: argument.location, in: kubelet) }
            isKubelet = name == "kubelet-arg" && value == nil
            guard text.hasPrefix("-"), let name else { continue }
            problems += diagnostics(of: name, at: argument.location, in: all)
            if name == "kubelet-arg", let value { problems += diagnostics(of: value, at: argument.location, in: kubelet) }
        }
        return problems
    }

    /// Problems of `config:`, whose keys are flags without dashes; a `+` at their end adds to a list.
    static func problems(inConfiguration config: Document?) -> [Diagnostic] {
        (config?.members ?? []).flatMap { member -> [Diagnostic] in
            let name = member.key.hasSuffix("+") ? String(member.key.dropLast()) : member.key
            if name == "kubelet-arg" {
                return member.value.oneOrMore.flatMap { diagnostics(of: $0.text ?? "", at: $0.location, in: kubelet) }
            }
            return diagnostics(of: name, at: member.keyLocation, in: all)
        }
    }

    private static func diagnostics(of text: String, at location: SourceLocation, in flags: [ReservedFlag]) -> [Diagnostic] {
        guard let name = parts(text).name, let flag = flags.first(where: { $0.names.contains(name) }) else { return [] }
        return [Diagnostic(at: location, "\(flag.names[0]) cannot be set: \(flag.why)", hint: flag.hint)]
    }

    /// The name of a flag without its dashes, and what follows an equals sign or a space.
    private static func parts(_ text: String) -> (name: String?, value: String?) {
        let words = text.drop { $0 == "-" }.split(maxSplits: 1, omittingEmptySubsequences: false) { $0 == "=" || $0 == " " }.map(
            String.init)
        return (words.first, words.count > 1 ? words[1] : nil)
    }
}
