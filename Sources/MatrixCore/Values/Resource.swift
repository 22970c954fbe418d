/// Something outside that a run created or borrowed and must release: a container, network, virtual machine, address.
public struct Resource: Sendable, Hashable, Codable {
    /// The platform's name in the matrix file.
    public var platform: String
    /// `container`, `network`, `vm`, `instance`, `host`, `cluster`; the driver's word.
    public var kind: String
    /// Its name at the platform: `<host>-<run>`.
    public var name: String
    /// Its id at the platform; empty while only the intent is known.
    public var id: String
    public var run: RunID
    public var cell: String
    /// The name of the host; nil if it is not a host.
    public var host: String?
    /// When `matrix reap` may take it from anywhere; nil for never.
    public var expires: Timestamp?
    /// What the driver needs to know again in another process: a node, a port, a volume.
    public var details: [String: String]

    public init(
        platform: String, kind: String, name: String, id: String = "", run: RunID, cell: String, host: String? = nil,
        expires: Timestamp? = nil, details: [String: String] = [:]
    ) {
        self.platform = platform
        self.kind = kind
        self.name = name
        self.id = id
        self.run = run
        self.cell = cell
        self.host = host
        self.expires = expires
        self.details = details
    }

    /// The id as a person reads it: the first twelve digits of a long hexadecimal one, as Podman and Docker accept it.
    public var shortID: String { id.count == 64 && id.allSatisfy(\.isHexDigit) ? String(id.prefix(12)) : id }

    /// The tags (or labels) on all our resources; nothing without them is ever touched.
    public enum Tag {
        /// On all of them.
        public static let owner = "solti-matrix"
        /// The run's own: `solti-matrix-run-<id>`.
        public static func run(_ run: RunID) -> String { "solti-matrix-run-\(run)" }
        /// `solti-matrix-expires-<UTC>`.
        public static func expires(_ date: Timestamp) -> String { "solti-matrix-expires-\(date.tag)" }
    }
}
