public import MatrixCore

/// A template on a server, for lists.
public struct ProxmoxTemplate: Sendable, Hashable, Codable {
    public var vmid: Int
    public var node: String
    public var name: String
    /// The catalogue's name of its system.
    public var os: String
    /// The image's checksum, `sha512:…`; nil if `matrix` did not build it.
    public var checksum: String?
    /// The digest of the settings that it was built with; nil if `matrix` did not build it.
    var digest: String?
    /// When `matrix` built it; nil if it did not.
    public var built: Timestamp?
    /// When it was made, by whomever; nil if nothing says so.
    public var made: Timestamp?
    /// How a guest agent comes to its clones: `image`, `installed`, `cloud-init`, `none`, `unknown`; nil if nothing says so.
    public var agent: String?
    /// Whether a run clones it.
    public var isCloned = false
    /// Why a run clones it, or another one.
    public var reason = ""
    /// The VMIDs of its linked clones.
    public var clones: [Int]

    /// Whether `matrix` built it. `matrix` removes no other templates.
    var isOurs: Bool { digest != nil }

    /// What the notes of one that `matrix` built say of the agent.
    var origin: AgentOrigin? { agent.flatMap { AgentOrigin(rawValue: $0) } }

    /// The template with the facts of its notes.
    init(_ template: GuestTemplate, os: OperatingSystem, _ notes: TemplateNotes?) {
        vmid = template.vmid
        node = template.node
        name = template.name
        self.os = os.name
        checksum = notes?.checksum
        digest = notes?.digest
        built = notes?.built
        made = template.made
        agent = template.agent?.rawValue
        clones = []
    }
}

/// The progress of a build.
public struct TemplateProgress: Sendable, Hashable, CustomStringConvertible {
    var os: String
    /// `downloading`, `importing`.
    var step: String
    /// The bytes so far, during a download.
    var bytes: Int?
    /// The total bytes, if known.
    var total: Int?
    /// Bytes per second.
    var rate: Double?

    public var description: String {
        var text = "\(os): \(step)"
        if let bytes { text += " \(ByteSize.brief(bytes))" + (total.map { " of \(ByteSize.brief($0))" } ?? "") }
        if let rate, rate > 0 { text += " at \(ByteSize.brief(Int(nearest: rate)))/s" }
        return text
    }
}

/// The outcome of a build.
public enum TemplateOutcome: Sendable, Hashable {
    /// - Parameter warning: what it lacks, and what would help; nil if nothing.
    case built(ProxmoxTemplate, warning: String?)
    /// The newest template already has this image and these settings.
    case unchanged(ProxmoxTemplate)
    /// - Parameter leavesMachine: whether its machine may still exist.
    case failed(os: String, message: String, leavesMachine: Bool)
}

/// Options of builds.
public struct TemplateBuildOptions: Sendable {
    /// Builds even if nothing changed.
    var rebuild: Bool
    /// Keeps the machine of a failed build.
    var keepFailed: Bool
    /// Boots a clone of the new template.
    var boot: Bool

    public init(rebuild: Bool = false, keepFailed: Bool = false, boot: Bool = false) {
        self.rebuild = rebuild
        self.keepFailed = keepFailed
        self.boot = boot
    }
}
