internal import MatrixCore
internal import MatrixRemote

/// What a program answered. Anything else than the schema says is an error, never an absence.
struct CommandAnswer {
    private let value: Value
    private let verb: CommandVerb
    private let program: CommandProgram

    init(_ value: Value, to verb: CommandVerb, of program: CommandProgram) {
        self.value = value
        self.verb = verb
        self.program = program
    }

    private func unusable(_ why: String, _ name: String? = nil) -> InfrastructureError { program.error(verb, name, unusable: why) }

    // MARK: - Hosts

    /// The keys of a host, which the resource keeps as its details under the same names.
    private static let texts = ["address", "internal_address", "user", "key"]
    private static let lists = ["host_keys", "ssh_options", "entrances"]

    /// A resource that `create` made.
    func made(_ resource: Resource) throws -> Resource {
        guard let id = value["id"]?.string, !id.isEmpty else { throw unusable("its answer has no id", resource.name) }
        var made = resource
        made.id = id
        made.details = try details(of: value, resource.name)
        if value["price"] != nil { made.price = try price() }
        return made
    }

    /// A resource with what `ready` tells of it.
    func reached(_ resource: Resource) throws -> Resource {
        var reached = resource
        reached.details.merge(try details(of: value, resource.name)) { $1 }
        return reached
    }

    private func details(of value: Value, _ name: String) throws -> [String: String] {
        var details: [String: String] = [:]
        for key in Self.texts where (value[key] ?? .null) != .null {
            guard let text = value[key]?.string, !text.contains(where: \.isNewline) else { throw unusable("\(key) is not a text", name) }
            details[key] = text
        }
        for key in Self.lists where (value[key] ?? .null) != .null {
            guard case .list(let elements)? = value[key] else { throw unusable("\(key) is not a list", name) }
            let texts = elements.compactMap(\.string)
            guard texts.count == elements.count, !texts.joined().contains(where: \.isNewline) else {
                throw unusable("\(key) is not a list of texts", name)
            }
            details[key] = texts.joined(separator: "\n")
        }
        if let port = value["port"], port != .null {
            guard case .int(let number) = port, (1...65535).contains(number) else { throw unusable("port is no port: \(port.text)", name) }
            details["port"] = "\(number)"
        }
        for key in ["data", "facts"] where (value[key] ?? .null) != .null { details[key] = value[key]?.json }
        return details
    }

    static func data(of resource: Resource) -> Value { resource.details["data"].flatMap { Value(json: $0) } ?? .null }

    static func facts(of resource: Resource) -> [String: String] {
        guard case .map(let facts)? = resource.details["facts"].flatMap({ Value(json: $0) }) else { return [:] }
        return facts.mapValues(\.text)
    }

    /// How a host is reached; nil if no answer has told its address.
    static func endpoint(of resource: Resource, access: RunAccess, user: String) -> Endpoint? {
        let details = resource.details
        guard let address = details["address"], !address.isEmpty else { return nil }
        func list(_ key: String) -> [String] { (details[key] ?? "").split(separator: "\n").map(String.init) }
        let options = list("ssh_options")
        return Endpoint(
            address: address, port: details["port"].flatMap { Int($0) } ?? 22, user: details["user"] ?? user,
            keyFile: details["key"] ?? access.keyFile, knownHostsFile: access.knownHostsFile, alias: resource.name,
            hostKeys: list("host_keys"), internalAddress: details["internal_address"], furtherOptions: options.isEmpty ? nil : options)
    }

    // MARK: - Lists

    /// All resources of the list. One without our tags gets an empty run: it is not ours, and only takes a name.
    func resources(on platform: String) throws -> [Resource] {
        guard case .list(let entries)? = value["resources"] else { throw unusable("its answer has no list `resources`") }
        return try entries.map { entry in
            guard let name = entry["name"]?.string, !name.isEmpty, let id = entry["id"]?.string, !id.isEmpty,
                case .list(let list)? = entry["tags"]
            else { throw unusable("an entry of `resources` has no name, id or tags: \(entry.json.prefix(120))") }
            return try resource(entry, name, id, tags: list.compactMap(\.string), on: platform)
        }
    }

    private func resource(_ entry: Value, _ name: String, _ id: String, tags: [String], on platform: String) throws -> Resource {
        let isOurs = tags.contains(Resource.Tag.owner)
        let run = isOurs ? Self.rest(of: "solti-matrix-run-", in: tags) : nil
        var resource = Resource(
            platform: platform, kind: entry["kind"]?.string ?? CommandPlatform.hostKind, name: name, id: id,
            run: RunID(run ?? ""), cell: "", expires: Self.rest(of: "solti-matrix-expires-", in: tags).flatMap { Timestamp(tag: $0) })
        resource.details = try details(of: entry, name)
        return resource
    }

    private static func rest(of prefix: String, in tags: [String]) -> String? {
        tags.first { $0.hasPrefix(prefix) }.map { String($0.dropFirst(prefix.count)) }
    }

    // MARK: - Evidence

    /// What the program shows of a host: its console, its journal.
    func evidence() throws -> [Evidence] {
        guard case .list(let entries)? = value["evidence"] else { throw unusable("its answer has no list `evidence`") }
        return entries.compactMap { entry in
            guard let name = entry["name"]?.string, !name.isEmpty, let text = entry["text"]?.string else { return nil }
            return Evidence(name, command: entry["command"]?.string, text: text, advice: entry["next"]?.string)
        }
    }

    /// The ways into a host that `create` told.
    static func entrances(to resource: Resource) -> [String] {
        (resource.details["entrances"] ?? "").split(separator: "\n").map(String.init)
    }

    // MARK: - Prices, problems

    func price() throws -> Price {
        guard let price = value["price"], let hourly = price["hourly"]?.number, hourly >= 0, let currency = price["currency"]?.string,
            !currency.isEmpty
        else { throw unusable("its answer has no price with hourly and currency") }
        return Price(hourly: hourly, monthly: price["monthly"]?.number, currency: currency)
    }

    func problems() throws -> [PreflightProblem] {
        guard case .list(let entries)? = value["problems"] else { throw unusable("its answer has no list `problems`") }
        return try entries.map { entry in
            guard let message = entry["message"]?.string, let severity = Self.severities[entry["severity"]?.string ?? "error"] else {
                throw unusable("an entry of `problems` has no message, or another severity than error, warning, unavailable")
            }
            return PreflightProblem(
                severity, cells: (entry["cells"]?.elements ?? []).compactMap(\.string), PlainText.clean(message),
                next: entry["next"]?.string.map { PlainText.clean($0) })
        }
    }

    private static let severities: [String: PreflightProblem.Severity] = [
        "error": .error, "warning": .warning, "unavailable": .unavailable,
    ]
}
