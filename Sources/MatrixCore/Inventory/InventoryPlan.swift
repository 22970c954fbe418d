/// What a matrix file adds to a cell's Ansible inventory.
///
/// Its texts may still hold `${…}` references to what only a run knows.
public struct InventoryPlan: Sendable, Hashable {
    /// The user's own inventories, absolute paths; Ansible reads them before the cell's.
    public var sources: [String]
    /// Variables of the hosts of each role: a map.
    public var roles: [String: Document]
    /// Variables of each group, by the group's name in an inventory: a map.
    public var groups: [String: Document]

    public init(sources: [String] = [], roles: [String: Document] = [:], groups: [String: Document] = [:]) {
        self.sources = sources
        self.roles = roles
        self.groups = groups
    }
}
