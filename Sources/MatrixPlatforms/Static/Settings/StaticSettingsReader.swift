internal import Foundation
internal import MatrixCore

/// Reads a pool's settings.
struct StaticSettingsReader: DriverSettingsReader {
    let document: Document
    var diagnostics: [Diagnostic] = []

    init(_ document: Document) {
        self.document = document
    }

    mutating func settings() -> StaticSettings? {
        let defaults = StaticSettings.Defaults(
            user: document["user"]?.text, key: file(document["key"], "key"), port: document["port"]?.int, os: document["os"]?.text,
            arch: document["arch"]?.text)
        var settings = StaticSettings(source: source(defaults), defaults: defaults)
        settings.knownHosts = file(document["known_hosts"], "known_hosts file")
        settings.reboot = document["reboot"]?.bool ?? settings.reboot
        settings.wait = document["wait"]?.duration ?? settings.wait
        settings.resetTimeout = positive("reset_timeout") ?? settings.resetTimeout
        settings.connectTimeout = positive("connect_timeout") ?? settings.connectTimeout
        for (index, step) in (document["reset"]?.oneOrMore ?? []).enumerated() {
            if let step = self.step(step, number: index + 1) { settings.reset.append(step) }
        }
        return settings
    }

    private mutating func positive(_ key: String) -> Duration? {
        guard let place = document[key], let duration = place.duration else { return nil }
        if duration > .zero { return duration }
        complain(place, "\(key) must be above 0s", hint: "write 30s or more")
        return nil
    }

    // MARK: - Hosts

    private mutating func source(_ defaults: StaticSettings.Defaults) -> StaticSettings.Source {
        if let inventory = document["inventory"] {
            if let hosts = document["hosts"] { complain(hosts, "hosts and inventory exclude each other", hint: "remove one of them") }
            return .inventory(path: file(inventory, "inventory") ?? "", group: document["group"]?.text)
        }
        if let group = document["group"] { complain(group, "group needs an inventory", hint: "add inventory: PATH") }
        let machines = (document["hosts"]?.elements ?? []).compactMap { machine($0, defaults) }
        if document["hosts"]?.elements.isEmpty ?? true {
            complain(document["hosts"] ?? document, "the pool has no hosts", hint: "write hosts: or inventory:")
        }
        checkRepeated()
        return .hosts(machines)
    }

    private mutating func machine(_ host: Document, _ defaults: StaticSettings.Defaults) -> PoolMachine? {
        guard let name = host["name"]?.text else { return nil }
        guard let os = host["os"]?.text ?? defaults.os else {
            complain(host, "the host \(name) names no system", hint: "write os: debian12 at the host, or for the whole pool")
            return nil
        }
        let size = host["size"]
        let address = host["address"]?.text ?? name
        let (port, user) = (host["port"]?.int ?? defaults.port, host["user"]?.text ?? defaults.user)
        // ssh reads them on its command line and in its configuration.
        if !HostGrammar.isName(name) {
            complain(host["name"] ?? host, "'\(name)' cannot be a host's name", hint: "use letters, digits and _ . : -")
        } else if !HostGrammar.isAddress(address) {
            complain(host["address"] ?? host, "'\(address)' is no address", hint: "write an IP address or a DNS name")
        }
        if let user, !HostGrammar.isUser(user) {
            complain(host["user"] ?? document["user"] ?? host, "'\(user)' cannot be an account's name", hint: "write user: NAME")
        }
        return PoolMachine(
            name: name, address: address, port: port ?? 22, user: user ?? NSUserName(),
            open: PoolMachine.open(port: port, user: user), key: file(host["key"], "key") ?? defaults.key, os: os,
            arch: host["arch"]?.text ?? defaults.arch, roles: host["roles"]?.texts ?? [],
            size: HostSize(cores: size?["cores"]?.int, memory: size?["memory"]?.bytes, disk: size?["disk"]?.bytes),
            hostKeys: keys(host["host_key"]))
    }

    private mutating func keys(_ document: Document?) -> [String] {
        for key in document?.oneOrMore ?? [] where key.text?.wholeMatch(of: /[a-z0-9@.-]+ [A-Za-z0-9+\/=]+( .*)?/) == nil {
            complain(
                key, "'\(key.text ?? "")' is not a public host key", hint: "write it as ssh-ed25519 AAAA…, as ssh-keyscan HOST prints it")
        }
        return document?.texts ?? []
    }

    /// A machine that is listed twice would be lent twice.
    private mutating func checkRepeated() {
        var names: [String: SourceLocation] = [:]
        var places: [String: (name: String, location: SourceLocation)] = [:]
        for host in document["hosts"]?.elements ?? [] {
            guard let name = host["name"]?.text else { continue }
            if let first = names.updateValue(host.location, forKey: name) {
                complain(host, "the name \(name) is given twice, first at \(first)", hint: "give each host a different name")
            }
            // Those that only ssh_config tells apart are compared later.
            let address = "\((host["address"]?.text ?? name).lowercased()):\(host["port"]?.int ?? document["port"]?.int ?? 22)"
            if let first = places.updateValue((name, host.location), forKey: address), first.name != name {
                complain(
                    host, "\(name) has the same address as \(first.name): \(address)", hint: "name each machine once, with all its roles")
            }
        }
    }

    // MARK: - Files and steps

    private mutating func step(_ step: Document, number: Int) -> StaticSettings.ResetStep? {
        if let text = step.text { return StaticSettings.ResetStep(name: "reset \(number)", script: text) }
        let name = step["name"]?.text ?? "reset \(number)"
        switch (step["run"]?.text, step["file"]) {
        case (let script?, nil): return StaticSettings.ResetStep(name: name, script: script)
        case (nil, let reference?):
            guard let path = file(reference, "script"), let data = FileManager.default.contents(atPath: path) else { return nil }
            return StaticSettings.ResetStep(name: name, script: String(decoding: data, as: UTF8.self))
        default:
            complain(step, "the step \(name) needs either run or file", hint: "write { name: …, run: SCRIPT }")
            return nil
        }
    }

    /// A readable file; a relative path starts at the settings file's folder.
    private mutating func file(_ reference: Document?, _ what: String) -> String? {
        guard let reference, let text = reference.text else { return nil }
        let path = FileReference.resolve(text, namedIn: reference.location.file, home: ProcessInfo.processInfo.environment["HOME"])
        if FileManager.default.isReadableFile(atPath: path) { return path }
        complain(reference, "the \(what) \(path) cannot be read", hint: "correct the path; a relative path starts at this file's folder")
        return nil
    }
}
