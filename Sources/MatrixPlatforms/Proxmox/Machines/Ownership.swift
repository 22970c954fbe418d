import MatrixCore

/// The marks that show which run a machine belongs to: tags or, as long as it has none, its notes. A template's machine
/// belongs to its build until it is a template.
enum Ownership {
    private static let runPrefix = "\(Resource.Tag.owner)-run-"
    private static let expiryPrefix = "\(Resource.Tag.owner)-expires-"

    /// The tags of a machine, in lower case as the server stores them.
    static func tags(_ resource: Resource, and extra: [String]) -> String {
        let ours = [Resource.Tag.owner, Resource.Tag.run(resource.run)] + (resource.expires.map { [Resource.Tag.expires($0)] } ?? [])
        return Set((ours + extra).map { $0.lowercased() }).sorted().joined(separator: ";")
    }

    /// The notes of a machine.
    static func description(_ resource: Resource) -> String {
        var lines = [Resource.Tag.run(resource.run), "cell: \(resource.cell)"]
        if let host = resource.host { lines.append("host: \(host)") }
        lines.append("expires: \(resource.expires.map(\.tag) ?? "never")")
        return lines.joined(separator: "\n")
    }

    /// The run that the machine belongs to, by its tags; nil if there is none.
    static func run(of machine: Machine) -> RunID? {
        if let tag = machine.tags.first(where: { $0.hasPrefix(runPrefix) }) { return RunID(shown: tag.dropFirst(runPrefix.count)) }
        return nil
    }

    /// The run that a configuration's tags or notes name, or the build that the machine still belongs to.
    static func run(of config: Value) -> RunID? {
        if let tag = Machine.tags(config["tags"]?.string ?? "").first(where: { $0.hasPrefix(runPrefix) }) {
            return RunID(shown: tag.dropFirst(runPrefix.count))
        }
        return line(runPrefix, of: config).flatMap { RunID(shown: $0) } ?? TemplateNotes.unfinishedBuild(MachineConfig(config))?.run
    }

    /// Whether a name ends like the names of a run's machines.
    static func isNamed(_ name: String, by run: RunID) -> Bool { name.hasSuffix("-\(run)") }

    /// Whether a name may belong to a run: it ends with a run id.
    static func mayBeOurs(_ name: String) -> Bool { name.firstMatch(of: /-[0-9]{6}-[0-9]{6}-[0-9a-z]{4}$/) != nil }

    /// The resource for a machine with this configuration.
    static func resource(_ machine: Machine, _ config: Value, platform: String, name: String? = nil, run: RunID) -> Resource {
        let tag = (Machine.tags(config["tags"]?.string ?? "").first { $0.hasPrefix(expiryPrefix) }).map {
            String($0.dropFirst(expiryPrefix.count))
        }
        let expires = (tag ?? line("expires: ", of: config)).flatMap { Timestamp(tag: $0.uppercased()) }
        let build = TemplateNotes.unfinishedBuild(MachineConfig(config))
        return Resource(
            platform: platform, kind: build == nil ? "vm" : "template", name: name ?? machine.name.unlessEmpty ?? "vm-\(machine.vmid)",
            id: "\(machine.vmid)",
            run: run, cell: line("cell: ", of: config) ?? "", host: line("host: ", of: config), expires: build?.expires ?? expires,
            details: ["node": machine.node])
    }

    private static func line(_ prefix: String, of config: Value) -> String? {
        let lines = (config["description"]?.string ?? "").split(whereSeparator: \.isNewline)
        return lines.first { $0.hasPrefix(prefix) }.map { String($0.dropFirst(prefix.count)).stripped }
    }
}
