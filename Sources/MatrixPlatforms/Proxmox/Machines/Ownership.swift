import MatrixCore

/// The marks by which a machine is known as a run's: tags, and name and description for as long as there are no tags. A template's
/// machine is its build's until it is a template.
enum Ownership {
    private static let runPrefix = "\(Resource.Tag.owner)-run-"
    private static let expiryPrefix = "\(Resource.Tag.owner)-expires-"

    /// The tags of a machine, in lower case as the server keeps them.
    static func tags(_ resource: Resource, and extra: [String]) -> String {
        let ours = [Resource.Tag.owner, Resource.Tag.run(resource.run)] + (resource.expires.map { [Resource.Tag.expires($0)] } ?? [])
        return Set((ours + extra).map { $0.lowercased() }).sorted().joined(separator: ";")
    }

    /// What a machine's notes say of it.
    static func description(_ resource: Resource) -> String {
        var lines = [Resource.Tag.run(resource.run), "cell: \(resource.cell)"]
        if let host = resource.host { lines.append("host: \(host)") }
        lines.append("expires: \(resource.expires.map(\.tag) ?? "never")")
        return lines.joined(separator: "\n")
    }

    /// The run whose machine this is, by tags or name; nil where it is nobody's.
    static func run(of machine: Machine) -> RunID? {
        if let tag = machine.tags.first(where: { $0.hasPrefix(runPrefix) }) { return RunID(String(tag.dropFirst(runPrefix.count))) }
        return nil
    }

    /// The run that a configuration's tags or notes name; the build whose machine it still is.
    static func run(of config: Value) -> RunID? {
        if let tag = Machine.tags(config["tags"]?.string ?? "").first(where: { $0.hasPrefix(runPrefix) }) {
            return RunID(String(tag.dropFirst(runPrefix.count)))
        }
        return line(runPrefix, of: config).map(RunID.init) ?? TemplateNotes.unfinishedBuild(MachineConfig(config))?.run
    }

    /// Whether a name ends as those of a run's machines do.
    static func isNamed(_ name: String, by run: RunID) -> Bool { name.hasSuffix("-\(run)") }

    /// Whether a name may be a run's: it ends in a run's id.
    static func mayBeOurs(_ name: String) -> Bool { name.firstMatch(of: /-[0-9]{6}-[0-9]{6}-[0-9a-z]{4}$/) != nil }

    /// The resource that a machine with this configuration is.
    static func resource(_ machine: Machine, _ config: Value, platform: String, name: String? = nil, run: RunID) -> Resource {
        let tag = (Machine.tags(config["tags"]?.string ?? "").first { $0.hasPrefix(expiryPrefix) }).map { String($0.dropFirst(expiryPrefix.count)) }
        let expires = (tag ?? line("expires: ", of: config)).flatMap { Timestamp(tag: $0.uppercased()) }
        let build = TemplateNotes.unfinishedBuild(MachineConfig(config))
        return Resource(
            platform: platform, kind: build == nil ? "vm" : "template", name: name ?? machine.name.unlessEmpty ?? "vm-\(machine.vmid)", id: "\(machine.vmid)",
            run: run, cell: line("cell: ", of: config) ?? "", host: line("host: ", of: config), expires: build?.expires ?? expires, details: ["node": machine.node])
    }

    private static func line(_ prefix: String, of config: Value) -> String? {
        let lines = (config["description"]?.string ?? "").split(whereSeparator: \.isNewline)
        return lines.first { $0.hasPrefix(prefix) }.map { String($0.dropFirst(prefix.count)).stripped }
    }
}
