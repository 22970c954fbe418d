internal import Foundation
import MatrixCore

/// Reads a `proxmox` platform's settings.
struct SettingsReader: DriverSettingsReader {
    let document: Document
    var diagnostics: [Diagnostic] = []

    /// Whether the settings are for something new. Those of an older run's machines must stay usable, even if they are refused today.
    private var isForNew = false

    init(_ document: Document) {
        self.document = document
    }

    static func examine(_ document: Document) -> [Diagnostic] {
        var reader = Self(document)
        reader.isForNew = true
        _ = reader.settings()
        return reader.diagnostics
    }

    mutating func settings() -> ProxmoxSettings? {
        let transport = choice("transport", ProxmoxSettings.Transport.self) ?? .api
        let endpoint = self.endpoint(transport)
        let shell = self.shell(transport)
        checkCredentials(transport)
        let addresses = pool()
        let address = choice("address", ProxmoxSettings.AddressSource.self) ?? .auto
        checkAddress(address, addresses, shell)
        let trust = self.trust()
        let build = self.build(shell)
        guard let vmids = vmids(besides: build.vmids), let nodes = self.nodes(shell) else { return nil }
        return ProxmoxSettings(
            transport: transport, endpoint: endpoint, tokenID: document["token"]?["id"]?.text, loginUser: document["login"]?["user"]?.text,
            trust: trust, shell: shell, nodes: nodes, vmids: vmids, storage: document["storage"]?.text,
            card: card(document), moreCards: document["networks"]?.elements.map(card) ?? [],
            pool: document["pool"]?.text, tags: document["tags"]?.texts ?? [],
            clone: choice("clone", ProxmoxSettings.CloneKind.self) ?? .linked,
            address: address, addresses: addresses, nameservers: document["nameserver"]?.texts ?? [],
            searchDomain: document["searchdomain"]?.text,
            user: document["user"]?.text ?? "matrix", agentPatience: document["agent_patience"]?.duration, templates: templates(),
            build: build)
    }

    /// A network card; the first one's keys stand beside those of the platform.
    private func card(_ document: Document) -> NetworkCard {
        NetworkCard(
            bridge: document["bridge"]?.text, vlan: document["vlan"]?.int, firewall: document["firewall"]?.bool,
            model: document["model"]?.text ?? "virtio", mtu: document["mtu"]?.int, usesDHCP: document["address"]?.text != "none")
    }

    private func choice<T: RawRepresentable>(_ key: String, _ type: T.Type) -> T? where T.RawValue == String {
        document[key]?.text.flatMap { T(rawValue: $0) }
    }

    private mutating func endpoint(_ transport: ProxmoxSettings.Transport) -> ProxmoxEndpoint? {
        guard let text = document["endpoint"]?.text else {
            if transport == .api {
                complain(
                    "endpoint", "transport: api needs an endpoint",
                    hint: "write endpoint: https://NODE:8006, or transport: ssh")
            }
            return nil
        }
        if let endpoint = ProxmoxEndpoint(text) {
            checkEncryption(of: "\(endpoint.scheme)://\(endpoint.authority)")
            return endpoint
        }
        complain("endpoint", "'\(text)' is not the address of an API", hint: "write it as https://NODE:8006")
        return nil
    }

    private mutating func shell(_ transport: ProxmoxSettings.Transport) -> ProxmoxSettings.Shell? {
        // `${env.PROXMOX_SSH:-}` without a value leaves an empty host.
        guard let ssh = document["ssh"], ssh["host"]?.text != "", let name = ssh["host"]?.text ?? document["node"]?.texts.first else {
            if transport == .ssh {
                complain(
                    "transport", "transport: ssh needs the node's SSH login",
                    hint: "write ssh: { host: NODE, user: root }")
            }
            return nil
        }
        // As for ssh itself: `lavender@pve1`.
        let mark = name.lastIndex(of: "@")
        let host = mark.map { String(name[name.index(after: $0)...]) } ?? name
        let user = mark.map { String(name[..<$0]) } ?? ssh["user"]?.text ?? "root"
        if !HostGrammar.isAddress(host) || !HostGrammar.isUser(user) {
            complain("ssh", "'\(name)' is not the name of a node", hint: "write host: NODE or host: USER@NODE")
        }
        return ProxmoxSettings.Shell(
            host: host, port: ssh["port"]?.int ?? 22, user: user, sudo: ssh["sudo"]?.bool ?? (user != "root"),
            key: path(ssh["key"]) ?? home(".ssh/id_ed25519"), knownHosts: path(ssh["known_hosts"]) ?? home(".ssh/known_hosts"))
    }

    private mutating func checkCredentials(_ transport: ProxmoxSettings.Transport) {
        guard transport == .api else { return }
        switch (document["token"], document["login"]) {
        case (nil, nil):
            complain(
                "endpoint", "there are no credentials for the API",
                hint: "write token: { id: user@pve!name, secret: { env: PROXMOX_TOKEN_SECRET } }")
        case (.some, .some): complain("login", "token and login cannot be used together", hint: "remove one of them")
        case (let token?, nil):
            let id = token["id"]?.text ?? ""
            if id.wholeMatch(of: /[^@!]+@[^@!]+![^!]+/) == nil {
                complain("token", "'\(id)' is not the id of a token", hint: "write it as user@realm!name, as in matrix@pve!ci")
            }
        case (nil, let login?):
            if let user = login["user"]?.text, !user.contains("@") {
                complain("login", "'\(user)' has no realm", hint: "write user@pam or user@pve")
            }
        }
    }

    private mutating func pool() -> AddressPool? {
        // A variable without a value leaves an empty text.
        guard let addresses = document["addresses"], let range = addresses["range"]?.text, !range.isEmpty else { return nil }
        if let pool = AddressPool(range, gateway: addresses["gateway"]?.text?.unlessEmpty) { return pool }
        complain(
            "addresses", "'\(range)' is not a range of addresses in one network",
            hint: "write it as 192.168.101.90-192.168.101.99/24 or 192.168.101.90-99/24, with an IPv4 gateway")
        return nil
    }

    private mutating func checkAddress(_ source: ProxmoxSettings.AddressSource, _ pool: AddressPool?, _ shell: ProxmoxSettings.Shell?) {
        if source == .static, document["addresses"]?["range"]?.text?.unlessEmpty == nil {
            complain(
                "address", "address: static needs a pool of addresses",
                hint: "write addresses: { range: FIRST-LAST/PREFIX, gateway: ADDRESS }")
        }
        if source == .neighbour, shell == nil {
            complain("address", "address: neighbour asks the node by SSH", hint: "write ssh: { host: NODE, user: root }")
        }
    }

    private mutating func trust() -> ServerTrust {
        guard let tls = document["tls"] else { return .system }
        if let text = tls["fingerprint"]?.text {
            if tls["ca"] != nil {
                complain(
                    "tls", "ca and fingerprint cannot be used together",
                    hint: "remove ca: a fingerprint is enough")
            }
            if let trust = ServerTrust.fingerprint(text: text) { return trust }
            complain(
                "tls", "'\(text)' is not a SHA-256 fingerprint",
                hint: "write the 32 bytes as AA:BB:…, as the node shows them under System > Certificates")
        }
        guard let file = path(tls["ca"]) else { return .system }
        guard FileManager.default.isReadableFile(atPath: file) else {
            complain(
                "tls", "the file \(file) cannot be read",
                hint: "copy /etc/pve/pve-root-ca.pem from the node; PROXMOX_CA names the copy in matrices/platforms/proxmox.yml")
            return .system
        }
        return .authority(file: file)
    }

    /// - Parameter templates: where the settings have new templates.
    private mutating func vmids(besides templates: ClosedRange<Int>?) -> ClosedRange<Int>? {
        guard let range = range("vmids", document["vmids"]?.text ?? "20000-20999") else { return nil }
        if isForNew, let taken = (GuestTemplate.ranges + [templates].compactMap(\.self)).first(where: { $0.overlaps(range) }) {
            complain(
                "vmids", "\(range.lowerBound)-\(range.upperBound) overlaps the templates' range \(taken.lowerBound)-\(taken.upperBound)",
                hint: "choose a range that nothing else uses, such as 20000-20999")
        }
        return range
    }

    private mutating func range(_ key: String, _ text: String) -> ClosedRange<Int>? {
        if let range = GuestTemplate.range(text) { return range }
        complain(key, "'\(text)' is not a range of VMIDs", hint: "write FIRST-LAST, each from 100 to 999999999")
        return nil
    }

    private mutating func nodes(_ shell: ProxmoxSettings.Shell?) -> [String]? {
        let nodes = document["node"]?.texts.filter { !$0.isEmpty } ?? []
        if !nodes.isEmpty { return nodes }
        complain("node", "node is missing", hint: "write node: NAME or a list of names, as pvesh get /nodes shows them")
        return nil
    }

    private func templates() -> ProxmoxSettings.TemplateChoice {
        switch document["templates"]?.text {
        case nil, "auto": .auto
        case "required": .required
        case let name?: .pinned(name)
        }
    }

    private mutating func build(_ shell: ProxmoxSettings.Shell?) -> TemplateBuildSettings {
        var build = TemplateBuildSettings()
        guard let options = document["template_build"] else { return build }
        build.memory = options["memory"].flatMap(Self.mebibytes) ?? build.memory
        build.balloon = options["balloon"]?.int ?? build.balloon
        build.cores = options["cores"]?.int ?? build.cores
        build.cpu = options["cpu"]?.text ?? build.cpu
        build.numa = options["numa"]?.bool ?? build.numa
        build.disk = options["disk"]?.bytes ?? build.disk
        build.diskBus = options["disk_bus"]?.text ?? build.diskBus
        build.cloudInitBus = options["cloudinit_bus"]?.text ?? build.cloudInitBus
        build.scsiController = options["scsihw"]?.text ?? build.scsiController
        build.machine = options["machine"]?.text ?? build.machine
        build.bios = options["bios"]?.text ?? build.bios
        build.vga = options["vga"]?.text ?? build.vga
        build.mtu = options["mtu"]?.int ?? build.mtu
        build.networkModel = options["net_model"]?.text ?? build.networkModel
        build.discard = options["discard"]?.bool ?? build.discard
        build.agent = options["agent"]?.bool ?? build.agent
        build.guestAgent = options["guest_agent"]?.text.flatMap { AgentChoice(rawValue: $0) } ?? build.guestAgent
        build.osType = options["ostype"]?.text ?? build.osType
        build.user = options["user"]?.text
        build.keyFiles = options["ssh_keys"]?.oneOrMore.compactMap(path) ?? []
        build.storage = options["storage"]?.text
        build.importStorage = options["import_storage"]?.text
        // A variable without a value leaves an empty text.
        build.vmids = options["vmids"]?.text?.unlessEmpty.flatMap { range("template_build", $0) }
        build.workFolder = path(options["work_dir"])
        build.nodeFolder = options["node_work_dir"]?.text?.unlessEmpty ?? build.nodeFolder
        build.cleanup = options["cleanup"]?.bool ?? build.cleanup
        checkBuild(build, shell)
        return build
    }

    private mutating func checkBuild(_ build: TemplateBuildSettings, _ shell: ProxmoxSettings.Shell?) {
        if build.guestAgent == .node || build.guestAgent == .cloudInit, shell == nil {
            complain(
                "template_build", "guest_agent: \(build.guestAgent.rawValue) works on the node by SSH",
                hint: "write ssh: { host: NODE, user: root }, or guest_agent: runner")
        }
        if !build.agent, build.guestAgent != .auto, build.guestAgent != .off {
            complain(
                "template_build", "guest_agent: \(build.guestAgent.rawValue) needs the channel to the agent",
                hint: "remove agent: false, or write guest_agent: none")
        }
        if !build.nodeFolder.hasPrefix("/") {
            complain("template_build", "node_work_dir '\(build.nodeFolder)' is not an absolute path", hint: "write it as /var/tmp")
        }
    }

    /// A number without a unit is in MiB, as in Proxmox.
    private static func mebibytes(_ document: Document) -> Int? {
        document.int ?? document.bytes.map { $0 >> 20 }
    }

    /// An absolute path. Relative paths start at the settings file's folder, `~` is the caller's home.
    private func path(_ document: Document?) -> String? {
        // A variable without a value leaves an empty text.
        guard let document, let text = document.text, !text.isEmpty else { return nil }
        if text.hasPrefix("~/") { return home(String(text.dropFirst(2))) }
        if text.hasPrefix("/") { return text }
        let folder = URL(fileURLWithPath: document.location.file).deletingLastPathComponent()
        return folder.appendingPathComponent(text).standardizedFileURL.path
    }

    private func home(_ path: String) -> String { "\(ProcessInfo.processInfo.environment["HOME"] ?? NSHomeDirectory())/\(path)" }
}
