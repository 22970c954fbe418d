internal import Crypto
import MatrixCore

/// What a template's notes say of its making: by them the same again is nothing to do, and a machine whose build never ended is known.
struct TemplateNotes: Sendable, Hashable {
    private static let mark = "built by matrix"

    /// Whose build it is, for as long as the machine is no template.
    struct Build: Sendable, Hashable {
        /// How it is called where resources of all runs are listed.
        var run: RunID
        /// The machine's name. Clones carry these notes as well until they are configured, but not this name.
        var machine: String
        /// The state folder that it is built from, by its mark.
        var state: String
        /// When whoever finds it may take it away.
        var expires: Timestamp
    }

    var os: String
    var image: String
    var checksum: String
    var digest: String
    var built: Timestamp
    /// Nil for templates of versions that did not write it.
    var build: Build?

    var text: String {
        let making = ["\(Self.mark)", "os: \(os)", "image: \(image)", "checksum: \(checksum)", "settings: \(digest)", "built: \(built.tag)"]
        let build = build.map { ["build: \($0.run)", "machine: \($0.machine)", "state: \($0.state)", "build expires: \($0.expires.tag)"] } ?? []
        return (making + build).joined(separator: "\n")
    }

    init(os: String, image: String, checksum: String, digest: String, built: Timestamp, build: Build?) {
        self.os = os
        self.image = image
        self.checksum = checksum
        self.digest = digest
        self.built = built
        self.build = build
    }

    /// Nil where `matrix` did not build it.
    init?(_ config: MachineConfig) {
        let lines = (config["description"] ?? "").split(whereSeparator: \.isNewline).map { String($0).stripped }
        func value(_ key: String) -> String? { lines.first { $0.hasPrefix("\(key): ") }.map { String($0.dropFirst(key.count + 2)) } }
        guard lines.contains(Self.mark), let os = value("os"), let checksum = value("checksum"), let digest = value("settings") else { return nil }
        self.os = os
        image = value("image") ?? ""
        self.checksum = checksum
        self.digest = digest
        built = value("built").flatMap { Timestamp(tag: $0) } ?? Timestamp(seconds: 0)
        guard let run = value("build"), let machine = value("machine"), let expires = value("build expires").flatMap({ Timestamp(tag: $0) }) else { return }
        build = Build(run: RunID(run), machine: machine, state: value("state") ?? "", expires: expires)
    }

    /// The build whose machine this still is; nil for templates, for their clones and for what is nobody's build.
    static func unfinishedBuild(_ config: MachineConfig) -> Build? {
        guard !config.isTemplate, let build = TemplateNotes(config)?.build, build.machine == config.name else { return nil }
        return build
    }

    /// Whether the machine of an unfinished build may hide behind a line of a list, which shows no notes.
    static func mayBeUnfinished(_ machine: Machine) -> Bool { !machine.isTemplate && (machine.tags.contains("cloudinit") || machine.name.contains("template")) }

    /// A digest of everything that decides what the template will be, its image aside.
    static func digest(of parameters: [String: Value], disk: Int) -> String {
        let same = parameters.filter { $0.key != "vmid" && $0.key != "description" }.merging(["disk": .int(disk)]) { first, _ in first }
        return SHA256.hash(data: Array(Value.map(same).json.utf8)).prefix(8).hexadecimal
    }
}
