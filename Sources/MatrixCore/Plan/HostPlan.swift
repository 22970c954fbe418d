/// One machine of a cell.
public struct HostPlan: Sendable, Hashable, Codable {
    /// `<cell>` for the only host of a cell, else `<cell>-<role>-<n>`: its host name.
    public var name: String
    /// The key under `hosts:`; `host` if the matrix file has none.
    public var role: String
    /// From one, within its role.
    var index: Int
    public var groups: [String]
    public var size: HostSize

    public init(name: String, role: String = "host", index: Int = 1, groups: [String] = [], size: HostSize = HostSize()) {
        self.name = name
        self.role = role
        self.index = index
        self.groups = groups
        self.size = size
    }

    /// A short name within its cell for messages and case names: `server`, or `client-2` if a role has several.
    public func label(in hosts: [HostPlan]) -> String {
        hosts.count { $0.role == role } > 1 ? "\(role)-\(index)" : role
    }
}

/// What a host asks of its platform; nil leaves it to the platform.
public struct HostSize: Sendable, Hashable, Codable {
    public var cores: Int?
    /// Bytes.
    public var memory: Int?
    /// Bytes.
    public var disk: Int?
    /// A platform's own name for a size, such as `g6-standard-2`.
    public var type: String?

    public init(cores: Int? = nil, memory: Int? = nil, disk: Int? = nil, type: String? = nil) {
        self.cores = cores
        self.memory = memory
        self.disk = disk
        self.type = type
    }
}
