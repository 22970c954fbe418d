internal import Crypto
import MatrixCore

/// Build facts kept in a template's notes: used to skip rebuilds and to recognise unfinished builds.
struct TemplateNotes: Sendable, Hashable {
    private static let mark = "built by matrix"

    /// The owner of the build, until the machine is a template.
    struct Build: Sendable, Hashable {
        /// Its id in lists of the resources of all runs.
        var run: RunID
        /// The machine's name. Clones have these notes too until they are configured, but not this name.
        var machine: String
        /// The id of the state folder that it is built from.
        var state: String
        /// After this time any process may remove it.
        var expires: Timestamp
    }

    var os: String
    var image: String
    var checksum: String
    var digest: String
    var built: Timestamp
    /// How a guest agent comes to its clones; nil for templates of older versions, which did not write it.
    var agent: AgentOrigin?
    /// Nil for templates of older versions, which did not write it.
    var build: Build?

    var text: String {
        let making =
            [
                "\(Self.mark)", "os: \(os)", "image: \(image)", "checksum: \(checksum)", "settings: \(digest)", "built: \(built.tag)",
            ] + (agent.map { ["agent: \($0.rawValue)"] } ?? [])
        let build =
            build.map { ["build: \($0.run)", "machine: \($0.machine)", "state: \($0.state)", "build expires: \($0.expires.tag)"] } ?? []
        return (making + build).joined(separator: "\n")
    }

}

extension TemplateNotes {
    /// Nil if `matrix` did not build it.
    init?(_ config: MachineConfig) {
        let lines = (config["description"] ?? "").split(whereSeparator: \.isNewline).map { String($0).stripped }
        func value(_ key: String) -> String? { lines.first { $0.hasPrefix("\(key): ") }.map { String($0.dropFirst(key.count + 2)) } }
        guard lines.contains(Self.mark), let os = value("os"), let checksum = value("checksum"), let digest = value("settings") else {
            return nil
        }
        let built = value("built").flatMap { Timestamp(tag: $0) } ?? Timestamp(seconds: 0)
        self.init(os: os, image: value("image") ?? "", checksum: checksum, digest: digest, built: built)
        agent = value("agent").flatMap { AgentOrigin(rawValue: $0) }
        guard let run = value("build").flatMap({ RunID(shown: $0) }), let machine = value("machine"),
            let expires = value("build expires").flatMap({ Timestamp(tag: $0) })
        else { return }
        build = Build(run: run, machine: machine, state: value("state") ?? "", expires: expires)
    }

    /// The build that this machine still belongs to; nil for templates, their clones and all other machines.
    static func unfinishedBuild(_ config: MachineConfig) -> Build? {
        guard !config.isTemplate, let build = TemplateNotes(config)?.build, build.machine == config.name else { return nil }
        return build
    }

    /// Whether a listed machine may be of an unfinished build. Lists show no notes.
    static func mayBeUnfinished(_ machine: Machine) -> Bool {
        !machine.isTemplate && (machine.tags.contains("cloudinit") || machine.name.contains("template"))
    }

    /// A digest of everything that the template depends on, except its image.
    static func digest(of parameters: [String: Value], disk: Int) -> String {
        let same = parameters.filter { $0.key != "vmid" && $0.key != "description" }.merging(["disk": .int(disk)]) { first, _ in first }
        return SHA256.hash(data: Array(Value.map(same).json.utf8)).prefix(8).hexadecimal
    }
}
