/// An entry of the catalogue of systems: what every platform needs to provide a host of it.
public struct OperatingSystem: Sendable, Hashable, Codable {
    /// How packages are installed.
    public enum PackageManager: String, Sendable, Codable, CaseIterable {
        case apt
        case dnf
    }

    /// What `/etc/os-release` of the right system says.
    public struct Release: Sendable, Hashable, Codable {
        /// `ID`, such as `debian`, `rocky`.
        public var id: String
        /// What `VERSION_ID` is or begins with before a dot: `12`, `9` (which `9.5` satisfies).
        public var version: String

        public init(id: String, version: String) {
            self.id = id
            self.version = version
        }
    }

    /// `debian12`.
    public var name: String
    /// `debian` or `rhel`.
    public var family: String
    public var packageManager: PackageManager
    public var release: Release
    /// Where the cloud image (qcow2) is downloaded.
    public var imageURL: String?
    /// Where its checksums are: a `SHA512SUMS` or Rocky's `CHECKSUM` file.
    public var checksumURL: String?
    /// The range of VMIDs for its Proxmox templates, `7000-7999`.
    public var templateIDs: String?
    /// The name of its Proxmox templates.
    public var templateName: String?
    /// The tags of its Proxmox templates.
    public var templateTags: [String]
    /// Whether qemu-guest-agent is inside its cloud image and so in its Proxmox templates; nil if that is unknown.
    public var hasGuestAgent: Bool?
    /// Linode's image id.
    public var linodeImage: String?
    /// The container image that a registry has, with its registry.
    public var containerImage: String?
    /// Whether the matrix file names that image: then no other takes its place.
    public var isContainerImageGiven = false
    /// The release's name at the Debian mirror (`bookworm`), for bootstrapping without a registry.
    public var debianSuite: String?

    public init(
        name: String, family: String, packageManager: PackageManager, release: Release, imageURL: String? = nil, checksumURL: String? = nil,
        templateIDs: String? = nil, templateName: String? = nil, templateTags: [String] = [], hasGuestAgent: Bool? = nil,
        linodeImage: String? = nil,
        containerImage: String? = nil, debianSuite: String? = nil
    ) {
        self.name = name
        self.family = family
        self.packageManager = packageManager
        self.release = release
        self.imageURL = imageURL
        self.checksumURL = checksumURL
        self.templateIDs = templateIDs
        self.templateName = templateName
        self.templateTags = templateTags
        self.hasGuestAgent = hasGuestAgent
        self.linodeImage = linodeImage
        self.containerImage = containerImage
        self.debianSuite = debianSuite
    }
}
