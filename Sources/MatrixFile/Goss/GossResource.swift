import MatrixCore

/// One resource of a goss file, and the checks that ask the same.
struct GossResource {
    /// A resource as its file has it.
    struct Source {
        let type: String
        let name: String
        let place: SourceLocation
        let values: Document
    }

    static let types = [
        "addr", "command", "dns", "file", "group", "http", "interface", "kernel-param", "mount", "package", "port", "process", "service",
        "user",
    ]
    /// What no host can be asked, and why.
    static let unaskable = ["matching": "`matching` compares values of the goss file and asks no host"]

    /// Attributes that all resources have, and that say nothing of the host.
    private static let common: Set = ["title", "meta", "skip"]

    private let source: Source
    private let values: Document
    private let matchers: GossMatcher
    private let problems: Problems

    init(_ source: Source, problems: Problems) {
        self.source = source
        values = source.values
        self.problems = problems
        matchers = GossMatcher(problems: problems)
    }

    /// The checks; none if goss skips the resource, or if something of it cannot be asked, which is reported.
    var checks: [Document] {
        guard values["skip"]?.bool != true else { return [] }
        guard case .map = values.content else {
            error(at: values.location, "`\(source.name)` of `\(source.type)` has no attributes", "write what must hold below it")
            return []
        }
        switch source.type {
        case "addr": return addr
        case "command": return command
        case "dns": return dns
        case "file": return file
        case "group": return existing("group", "groupname", ["gid"])
        case "http": return http
        case "interface": return interface
        case "kernel-param": return kernelParameter
        case "mount": return mount
        case "package": return package
        case "port": return port
        case "process": return process
        case "service": return service
        case "user": return existing("user", "username", ["uid", "gid", "groups", "home", "shell"])
        default: return []
        }
    }

    // MARK: - Building

    private func error(at location: SourceLocation, _ message: String, _ hint: String) {
        problems.error(at: location, message, hint: hint)
    }

    private func text(_ text: String, at location: SourceLocation? = nil) -> Document {
        // What looks like a reference of ours is none of goss.
        Document(.scalar(Template.escaped(text), plain: false), at: location ?? source.place)
    }

    /// A number or a boolean.
    private func plain(_ text: String) -> Document { Document(.scalar(text, plain: true), at: source.place) }

    private func check(_ kind: String, _ subject: String, _ keys: [(String, Document?)]) -> Document {
        let title = values["title"]?.text.map { ("name", Optional(text($0))) }
        let own = keys.filter { $0.0 != "name" || title == nil }
        let members = [(kind, Optional(text(subject)))] + own + [title].compactMap(\.self)
        return Document(
            .map(members.compactMap { key, value in value.map { Document.Member(key: key, keyLocation: $0.location, value: $0) } }),
            at: source.place)
    }

    private func map(_ members: [(String, Document?)], at location: SourceLocation? = nil) -> Document? {
        let found = members.compactMap { key, value in value.map { Document.Member(key: key, keyLocation: $0.location, value: $0) } }
        return found.isEmpty ? nil : Document(.map(found), at: location ?? source.place)
    }

    /// A command that asks what no kind of ours asks, under a name that says what it is.
    private func command(_ script: String, named name: String, stdout: Document? = nil) -> Document {
        check("command", script, [("stdout", stdout), ("name", text(name))])
    }

    private func quoted(_ text: String) -> String { ShellQuoting.quote(text) }

    /// Reports attributes that goss does not have, or that cannot be asked.
    private func allows(_ keys: [String], unaskable: [String: String] = [:]) -> Bool {
        let before = problems.count
        for member in values.members where !Self.common.contains(member.key) && !keys.contains(member.key) {
            if let why = unaskable[member.key] {
                if member.value.text?.isEmpty == true { continue }
                error(at: member.keyLocation, "`\(member.key)` of goss's `\(source.type)` cannot be asked: \(why)", "remove it")
            } else {
                let hint = Hint.meant(member.key, among: keys + unaskable.keys.sorted(), otherwise: "there are")
                error(at: member.keyLocation, "goss's `\(source.type)` has no attribute `\(member.key)`", hint)
            }
        }
        return problems.count == before
    }

    /// The name of the resource: its key, or an attribute.
    private func name(_ attribute: String) -> String { values[attribute]?.text ?? source.name }

    private func scalar(_ key: String) -> Document? {
        values[key].flatMap { value in value.text.map { Document(.scalar($0, plain: true), at: value.location) } }
    }

    private func matcher(_ key: String) -> Document? { values[key].flatMap { matchers.value($0) } }

    /// A list of values that must be among those of the host.
    private func among(_ key: String) -> Document? { values[key].flatMap { matchers.list($0) } }

    private func patterns(_ key: String) -> Document? { values[key].flatMap { matchers.patterns($0) } }

    /// A limit in milliseconds.
    private var timeout: Document? {
        values["timeout"].flatMap { value in value.text.flatMap { Int($0) }.map { text("\($0)ms", at: value.location) } }
    }

    /// A boolean that decides whether the rest is asked.
    private func isAbsent(_ key: String) -> Bool { values[key]?.bool == false }
}

// MARK: - Resources

extension GossResource {
    private var addr: [Document] {
        guard allows(["reachable", "address", "timeout"], unaskable: ["local-address": "the host chooses it"]) else { return [] }
        let address = name("address")
        let parts = address.split(separator: "://", maxSplits: 1).map(String.init)
        guard parts.count == 2, parts[0].hasPrefix("tcp") else {
            error(
                at: values["address"]?.location ?? source.place, "`\(address)` cannot be asked: only tcp has connections",
                "write tcp://HOST:PORT, or an `addr` with `send:` in the matrix file")
            return []
        }
        return [check("addr", parts[1], [("reachable", scalar("reachable")), ("timeout", timeout)])]
    }

    private var command: [Document] {
        guard allows(["exec", "exit-status", "stdout", "stderr", "timeout"]) else { return [] }
        return [
            check(
                "command", name("exec"),
                [
                    ("exit", matcher("exit-status")), ("stdout", patterns("stdout")), ("stderr", patterns("stderr")), ("timeout", timeout),
                    ("name", values["exec"] == nil ? nil : text(source.name)),
                ])
        ]
    }

    private var dns: [Document] {
        guard allows(["resolvable", "resolve", "addrs", "server", "timeout"]) else { return [] }
        let asked = name("resolve")
        let types = ["A", "AAAA", "CAA", "CNAME", "MX", "NS", "PTR", "SRV", "TXT"]
        let type = types.first { asked.uppercased().hasPrefix("\($0):") }
        let host = type.map { String(asked.dropFirst($0.count + 1)) } ?? asked
        let answers = values["addrs"].flatMap { matchers.list($0.droppingFinalDots) }
        let isAddress = type == nil || type == "A" || type == "AAAA"
        let absent = isAbsent("resolvable")
        return [
            check(
                "dns", host,
                [
                    ("type", type.map { text($0) }), ("resolves", absent ? scalar("resolvable") : nil), ("server", scalar("server")),
                    (isAddress ? "addresses" : "answers", absent ? nil : answers), ("timeout", timeout),
                ])
        ]
    }

    private var file: [Document] {
        let keys = [
            "exists", "path", "mode", "size", "owner", "group", "filetype", "contents", "contains", "md5", "sha256", "sha512", "linked-to",
        ]
        guard allows(keys) else { return [] }
        let path = name("path")
        if isAbsent("exists") { return [check("file", path, [("exists", scalar("exists"))])] }
        let own = check(
            "file", path,
            [
                ("mode", matcher("mode")), ("size", matcher("size")), ("owner", matcher("owner")), ("group", matcher("group")),
                ("type", matcher("filetype")), ("sha256", matcher("sha256")), ("contains", patterns("contents") ?? patterns("contains")),
            ])
        var more: [Document] = []
        for (key, program) in [("md5", "md5sum"), ("sha512", "sha512sum")] {
            guard let sum = matcher(key) else { continue }
            more.append(command("\(program) <\(quoted(path)) | cut -d ' ' -f 1", named: "\(key) of \(path)", stdout: sum))
        }
        if let target = matcher("linked-to") {
            more.append(command("readlink -- \(quoted(path))", named: "target of \(path)", stdout: target))
        }
        return [own] + more
    }

    /// Accounts and groups.
    private func existing(_ kind: String, _ attribute: String, _ keys: [String]) -> [Document] {
        guard allows(["exists", attribute] + keys) else { return [] }
        let absent = isAbsent("exists")
        let asked = absent ? [] : keys.map { ($0, $0 == "groups" ? values[$0].flatMap { matchers.contained($0) } : matcher($0)) }
        return [check(kind, name(attribute), [("exists", absent ? scalar("exists") : nil)] + asked)]
    }

    private var http: [Document] {
        let keys = [
            "url", "status", "allow-insecure", "no-follow-redirects", "timeout", "request-headers", "headers", "request-body", "body",
            "username", "password", "ca-file", "method",
        ]
        let unaskable = [
            "proxy": "requests go from the host to the server", "cert-file": "no certificates of clients are sent",
            "key-file": "no certificates of clients are sent",
        ]
        guard allows(keys, unaskable: unaskable) else { return [] }
        let isInsecure = values["allow-insecure"]?.bool == true
        let authority = values["ca-file"]?.text.flatMap { $0.isEmpty ? nil : values["ca-file"] }
        let user = values["username"]?.text.flatMap { $0.isEmpty ? nil : scalar("username") }
        let request = map([
            ("url", text(name("url"))), ("method", scalar("method")), ("headers", requestHeaders),
            ("body", values["request-body"]?.text.map { text($0) }),
            ("auth", user.flatMap { user in map([("user", user), ("password", values["password"]?.text.map { text($0) })]) }),
            ("tls", map([("verify", isInsecure ? plain("false") : nil), ("ca", authority)])),
        ])
        var result = check(
            "http", name("url"),
            [("status", matcher("status")), ("body", patterns("body")), ("headers", responseHeaders), ("timeout", timeout)])
        if let request, request.members.count > 1 {
            let members = result.members.map { member in
                member.key == "http" ? Document.Member(key: "http", keyLocation: member.keyLocation, value: request) : member
            }
            result = Document(.map(members), at: result.location)
        }
        return [result]
    }

    private var requestHeaders: Document? {
        map(
            (values["request-headers"]?.oneOrMore ?? []).compactMap { header in
                guard let parts = header.text?.split(separator: ":", maxSplits: 1), parts.count == 2 else {
                    error(at: header.location, "a header of a request is written as `Name: value`", "correct it")
                    return nil
                }
                return (String(parts[0]), text(String(parts[1]).trimmed, at: header.location))
            })
    }

    /// Patterns of header lines: those that name a header and what its value holds.
    private var responseHeaders: Document? {
        map(
            (values["headers"]?.oneOrMore ?? []).compactMap { header in
                guard let line = header.text, !line.hasPrefix("!"), !line.hasPrefix("/"),
                    case let parts = line.split(separator: ":", maxSplits: 1), parts.count == 2
                else {
                    error(
                        at: header.location, "only headers as `Name: value` can be asked, no patterns over the lines of all headers",
                        "write `Name: value`, or an `http` check with `headers:` in the matrix file")
                    return nil
                }
                let value = text(String(parts[1]).trimmed, at: header.location)
                return (String(parts[0]).lowercased(), map([("contains", value)], at: header.location))
            })
    }

    private var interface: [Document] {
        guard allows(["exists", "name", "addrs", "mtu"]) else { return [] }
        if isAbsent("exists") { return [check("interface", name("name"), [("exists", scalar("exists"))])] }
        return [check("interface", name("name"), [("addresses", among("addrs")), ("mtu", matcher("mtu"))])]
    }

    private var kernelParameter: [Document] {
        guard allows(["value", "name"]) else { return [] }
        return [check("sysctl", name("name"), [("value", matcher("value"))])]
    }

    private var mount: [Document] {
        guard allows(["exists", "mountpoint", "opts", "vfs-opts", "source", "filesystem", "usage", "timeout"]) else { return [] }
        let path = name("mountpoint")
        if isAbsent("exists") { return [check("mount", path, [("mounted", scalar("exists"))])] }
        let own = check(
            "mount", path,
            [
                ("options", among("opts")), ("source", matcher("source")), ("filesystem", matcher("filesystem")),
                ("usage", matcher("usage")),
            ])
        guard let more = among("vfs-opts") else { return [own] }
        return [own, check("mount", path, [("options", more), ("name", text("vfs-opts of \(path)"))])]
    }

    /// Each version must be installed; our `version` asks for one.
    private var package: [Document] {
        guard allows(["installed", "name", "versions"]) else { return [] }
        let package = name("name")
        if isAbsent("installed") { return [check("package", package, [("installed", scalar("installed"))])] }
        guard let versions = values["versions"] else { return [check("package", package, [])] }
        if case .map = versions.content {
            guard let version = matchers.version(versions) else { return [] }
            return [check("package", package, [("version", version)])]
        }
        let elements = versions.oneOrMore
        let each = elements.map { version in
            let name = elements.count > 1 ? text("package \(package) \(version.text ?? "")") : nil
            return check("package", package, [("version", version), ("name", name)])
        }
        return each.isEmpty ? [check("package", package, [])] : each
    }

    private var port: [Document] {
        guard allows(["listening", "port", "ip"]) else { return [] }
        let parts = name("port").split(separator: ":").map(String.init)
        let transport = parts.count == 2 ? parts[0] : "tcp"
        guard let number = parts.last, ["tcp", "tcp6", "udp", "udp6"].contains(transport) else {
            error(at: source.place, "`\(name("port"))` is no port", "write it as tcp:22")
            return []
        }
        let asked = [("protocol", transport.hasPrefix("udp") ? Optional(text("udp")) : nil)]
        if isAbsent("listening") { return [check("port", number, [("listening", scalar("listening"))] + asked)] }
        guard let addresses = values["ip"] else {
            let sixth = map([("contains", text(":"))])
            return [check("port", number, asked + [("address", transport.hasSuffix("6") ? sixth : nil)])]
        }
        if case .map = addresses.content { return [check("port", number, asked + [("address", matchers.value(addresses))])] }
        let elements = addresses.oneOrMore
        return elements.map { address in
            let name = elements.count > 1 ? text("port \(number) on \(address.text ?? "")") : nil
            return check("port", number, asked + [("address", address), ("name", name)])
        }
    }

    private var process: [Document] {
        guard allows(["running", "comm"]) else { return [] }
        return [check("process", name("comm"), [("count", isAbsent("running") ? plain("0") : nil)])]
    }

    /// Our `service` asks both; if goss asks one of them, it is asked alone.
    private var service: [Document] {
        guard allows(["enabled", "running", "name"], unaskable: ["runlevels": "systemd has none"]) else { return [] }
        let unit = name("name")
        if values["enabled"] != nil, values["running"] != nil {
            return [check("service", unit, [("enabled", scalar("enabled")), ("running", scalar("running"))])]
        }
        let questions = [("enabled", "is-enabled"), ("running", "is-active")]
        return questions.compactMap { key, verb in
            guard let wanted = values[key]?.bool else { return nil }
            let asked = "\(wanted ? "" : "! ")systemctl \(verb) --quiet -- \(quoted(unit))"
            return command(asked, named: "service \(unit) is \(wanted ? "" : "not ")\(key)")
        }
    }
}

extension String {
    fileprivate var trimmed: String { String(drop(while: \.isWhitespace).reversed().drop(while: \.isWhitespace).reversed()) }
}

extension Document {
    /// This document with names as answers of name servers have them here: without a dot at the end.
    fileprivate var droppingFinalDots: Document {
        switch content {
        case .scalar(let text, let plain):
            Document(.scalar(text.hasSuffix(".") ? String(text.dropLast()) : text, plain: plain), at: location)
        case .list(let elements): Document(.list(elements.map(\.droppingFinalDots)), at: location)
        case .map(let members):
            Document(
                .map(members.map { Member(key: $0.key, keyLocation: $0.keyLocation, value: $0.value.droppingFinalDots) }), at: location)
        case .null: self
        }
    }
}
