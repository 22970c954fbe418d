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
    /// When it was built, if known.
    public var built: Timestamp?
    /// The VMIDs of its linked clones.
    public var clones: [Int]

    /// Whether `matrix` built it. `matrix` removes no other templates.
    var isOurs: Bool { digest != nil }
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
    case built(ProxmoxTemplate)
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
