/// Writes a cell's Ansible inventory before its first deploy step: what `${inventory}` names.
public protocol InventoryWriter: Sendable {
    /// Writes the inventory of these hosts into `directory` and returns the file's absolute path.
    func write(_ cell: CellPlan, hosts: [Host], run: RunID, to directory: String) throws -> String
}
