internal import Foundation
internal import MatrixCore

/// The settings of a k3s platform, with their defaults.
struct K3sSettings: Sendable {
    /// Whether K3s is removed from the hosts before they are handed back.
    enum Uninstall: String, CaseIterable {
        /// Only from hosts that outlive the run.
        case auto
        case always
    }

    /// Which platform lends a system's hosts: globs over the catalogue's names; the first match counts.
    var lenders: [(pattern: String, platform: String)] = []
    /// A release (`v1.31.5+k3s1`), or a channel's name.
    var version = "stable"
    /// A local copy of the install script, absolute.
    var script: String?
    /// The program by architecture (`amd64`, `arm64`; empty for any), absolute: then nodes download nothing.
    var binaries: [String: String] = [:]
    /// Archives of container images, absolute.
    var images: [String] = []
    var serverArguments: [String] = []
    var agentArguments: [String] = []
    /// `/etc/rancher/k3s/config.yaml` of every node.
    var config: [String: Value] = [:]
    /// `/etc/rancher/k3s/registries.yaml` of every node; nil if the hosts' own files count.
    var registries: K3sRegistries?
    /// The folder of K3s's data on every node, absolute.
    var dataFolder = K3sSettings.usualDataFolder
    /// More names and addresses of the server's certificate.
    var names: [String] = []
    var interface: String?
    var scriptURL = "https://get.k3s.io"
    var channelURL = "https://update.k3s.io/v1-release/channels"
    var uninstall = Uninstall.auto
    /// Whether a host may be rebooted if a prerequisite needs it.
    var reboots = true
    var limits = Limits()

    /// How long each part may take.
    struct Limits: Sendable {
        var install: Duration = .seconds(300)
        var start: Duration = .seconds(300)
        /// For a node to join, by globs over the hosts' names; the first match counts, else ``start``.
        var joins: [(pattern: String, limit: Duration)] = []
        var ready: Duration = .seconds(300)
        var reboot: Duration = .seconds(300)
        /// For clocks to agree.
        var clock: Duration = .seconds(120)

        /// How long a host may take to join.
        func join(of name: String) -> Duration { joins.first { Glob.matches($0.pattern, name) }?.limit ?? start }
    }

    static let usualDataFolder = "/var/lib/rancher/k3s"

    init() {}

    /// Reads the settings, which the loader has validated against ``declaration``.
    ///
    /// - Parameter secrets: those that the settings name, by the path of their key.
    init(_ options: Document, secrets: [String: String] = [:]) {
        if let nodes = options["nodes"] {
            lenders = nodes.text.map { [("*", $0)] } ?? nodes.members.compactMap { member in member.value.text.map { (member.key, $0) } }
        }
        version = options["version"]?.text ?? version
        script = Self.path(options["script"])
        if let binary = options["binary"] {
            binaries =
                binary.text == nil
                ? binary.members.reduce(into: [:]) { $0[$1.key] = Self.path($1.value) } : Self.path(binary).map { ["": $0] } ?? [:]
        }
        images = options["images"]?.oneOrMore.compactMap(Self.path) ?? []
        serverArguments = options["server_args"]?.texts ?? []
        agentArguments = options["agent_args"]?.texts ?? []
        if case .map(let members)? = options["config"]?.value { config = members }
        registries = K3sRegistries(options["registries"], secrets: secrets)
        if let folder = options["data_dir"]?.text, !folder.isEmpty { dataFolder = folder }
        names = options["tls_san"]?.texts ?? []
        interface = options["flannel_iface"]?.text
        scriptURL = options["script_url"]?.text ?? scriptURL
        channelURL = options["channel_url"]?.text ?? channelURL
        uninstall = options["uninstall"]?.text.flatMap(Uninstall.init) ?? uninstall
        reboots = options["reboot"]?.bool ?? reboots
        limits.read(options["limits"])
    }

    /// An absolute path; nil if the text is empty, as a variable's empty default.
    private static func path(_ option: Document?) -> String? {
        guard let option, let text = option.text, !text.isEmpty else { return nil }
        return FileReference.resolve(text, namedIn: option.location.file, home: ProcessInfo.processInfo.environment["HOME"])
    }

    /// The platform that lends hosts of a system.
    func lender(of system: String) -> String? { lenders.first { Glob.matches($0.pattern, system) }?.platform }

    /// Whether the nodes download nothing.
    var isAirgapped: Bool { !binaries.isEmpty }
    /// Whether ``version`` is a release rather than a channel.
    var isPinned: Bool { version.hasPrefix("v") && version.dropFirst().first?.isNumber == true }

    /// The program for an architecture as `uname -m` has it.
    func binary(for machine: String) -> String? {
        let names = ["x86_64": "amd64", "aarch64": "arm64", "armv7l": "arm"]
        return binaries[names[machine] ?? machine] ?? binaries[machine] ?? binaries[""]
    }

    /// The networks of pods and services, as `10.42.0.0/16`.
    var networks: [String] { option("cluster-cidr", or: "10.42.0.0/16") + option("service-cidr", or: "10.43.0.0/16") }

    /// The parts of an option of the server, from its arguments or its configuration.
    private func option(_ name: String, or preset: String) -> [String] {
        var found: [String] = []
        for (index, argument) in serverArguments.enumerated() {
            if argument.hasPrefix("--\(name)=") { found.append(String(argument.dropFirst(name.count + 3))) }
            if argument == "--\(name)", index + 1 < serverArguments.count { found.append(serverArguments[index + 1]) }
        }
        if found.isEmpty, let value = config[name] {
            if case .list(let items) = value { found = items.map(\.text) } else { found = [value.text] }
        }
        let parts = found.flatMap { $0.split(whereSeparator: { $0 == "," || $0.isWhitespace }).map(String.init) }
        return parts.isEmpty ? [preset] : parts
    }

    /// Whether the server keeps its data in embedded etcd although it is the only one.
    var namesClusterInit: Bool {
        serverArguments.contains { $0 == "--cluster-init" || $0.hasPrefix("--cluster-init=") } || config.keys.contains("cluster-init")
    }

    /// Whether a packaged component is left out.
    func disables(_ component: String) -> Bool {
        let words = serverArguments.flatMap { $0.split(whereSeparator: { $0 == "=" || $0 == "," }).map(String.init) }
        if zip(words, words.dropFirst()).contains(where: { $0 == "--disable" && $1 == component }) || words.contains(component) {
            return true
        }
        guard let disabled = config["disable"] else { return false }
        if case .list(let items) = disabled { return items.contains(.string(component)) }
        return disabled.text.split(separator: ",").contains { $0 == component }
    }
}

extension K3sSettings.Limits {
    fileprivate mutating func read(_ document: Document?) {
        install = document?["install"]?.duration ?? install
        start = document?["start"]?.duration ?? start
        if let join = document?["join"] {
            joins =
                join.duration.map { [("*", $0)] } ?? join.members.compactMap { member in member.value.duration.map { (member.key, $0) } }
        }
        ready = document?["ready"]?.duration ?? ready
        reboot = document?["reboot"]?.duration ?? reboot
        clock = document?["clock"]?.duration ?? clock
    }
}
