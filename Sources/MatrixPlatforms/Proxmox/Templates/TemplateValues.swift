public import MatrixCore

/// A template at a server, for lists.
public struct ProxmoxTemplate: Sendable, Hashable, Codable {
    public var vmid: Int
    public var node: String
    public var name: String
    /// The catalogue's name of its system.
    public var os: String
    /// The image's checksum, `sha512:…`; nil where `matrix` did not build it.
    public var checksum: String?
    /// The digest of the settings that it was built with; nil likewise.
    public var digest: String?
    /// When it was built, where that is known.
    public var built: Timestamp?
    /// The VMIDs of its linked clones.
    public var clones: [Int]

    /// Whether `matrix` built it; what it did not build it never removes.
    public var isOurs: Bool { digest != nil }
}

/// Where a build is.
public struct TemplateProgress: Sendable, Hashable, CustomStringConvertible {
    public var os: String
    /// `downloading`, `importing`.
    public var step: String
    /// Bytes that are there already, where something is downloaded.
    public var bytes: Int?
    /// Bytes in all, where that is known.
    public var total: Int?
    /// Bytes a second.
    public var rate: Double?

    public var description: String {
        var text = "\(os): \(step)"
        if let bytes { text += " \(ByteSize.brief(bytes))" + (total.map { " of \(ByteSize.brief($0))" } ?? "") }
        if let rate, rate > 0 { text += " at \(ByteSize.brief(Int(nearest: rate)))/s" }
        return text
    }
}

/// What became of a build.
public enum TemplateOutcome: Sendable, Hashable {
    case built(ProxmoxTemplate)
    /// The newest one has this image and these settings already.
    case unchanged(ProxmoxTemplate)
    /// - Parameter leavesMachine: whether its machine may still be there.
    case failed(os: String, message: String, leavesMachine: Bool)
}

/// How builds are done.
public struct TemplateBuildOptions: Sendable {
    /// Builds also where nothing changed.
    public var rebuild: Bool
    /// Leaves the machine of a failed build where it is.
    public var keepFailed: Bool
    /// Boots a clone of the new template.
    public var boot: Bool

    public init(rebuild: Bool = false, keepFailed: Bool = false, boot: Bool = false) {
        self.rebuild = rebuild
        self.keepFailed = keepFailed
        self.boot = boot
    }
}
