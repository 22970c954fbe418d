public import MatrixCore
import MatrixRemote

/// Writes inventories: of a running cell for its deploy steps, and of kept cells in all forms of `matrix inventory`.
public struct AnsibleInventory: InventoryWriter {
    public init() {}

    public func write(_ cell: CellPlan, hosts: [Host], run: RunID, to directory: String) throws -> String {
        try FileSystem.makeFolder(directory)
        let path = "\(directory)/inventory.yml"
        try NewFile.write(Self.yaml([CellInventory(cell, hosts: hosts, run: run)]), to: path)
        return path
    }

    /// A YAML inventory.
    public static func yaml(_ cells: [CellInventory]) -> String {
        let hosts = hosts(of: cells).map { "    \(InventoryYAML.key($0.name)):\n" + InventoryYAML.members($0.variables, indent: 6) }
        let children = groups(of: cells).map { group in
            "    \(group.name):\n      hosts:\n" + group.hosts.map { "        \(InventoryYAML.key($0)):\n" }.joined()
        }
        let vars = vars(of: cells)
        let shared = vars.isEmpty ? "" : "  vars:\n\(InventoryYAML.members(vars, indent: 4))"
        return "all:\n  hosts:\n\(hosts.joined())\(shared)  children:\n\(children.joined())"
    }

    /// An INI inventory.
    public static func ini(_ cells: [CellInventory]) -> String {
        let hosts = hosts(of: cells).map { host in
            let variables = host.variables.sorted { $0.key < $1.key }.map { "\($0.key)=\(ShellQuoting.quote($0.value.text))" }
            return ([host.name] + variables).joined(separator: " ")
        }
        let sections = groups(of: cells).map { "[\($0.name)]\n\($0.hosts.joined(separator: "\n"))\n" }
        let vars = vars(of: cells).sorted { $0.key < $1.key }.map { "\($0.key)=\(ShellQuoting.quote($0.value.text))\n" }
        let shared = vars.isEmpty ? "" : "\n[all:vars]\n\(vars.joined())"
        return "\(hosts.joined(separator: "\n"))\n\n\(sections.joined(separator: "\n"))\(shared)"
    }

    /// What a dynamic inventory prints for `--list`: groups, and `_meta` with all hosts' variables. One line of JSON.
    public static func json(_ cells: [CellInventory]) -> String {
        let groups = groups(of: cells)
        let variables = Dictionary(hosts(of: cells).map { ($0.name, Value.map($0.variables)) }) { first, _ in first }
        var whole: [String: Value] = ["_meta": ["hostvars": .map(variables)]]
        for group in groups { whole[group.name] = ["hosts": .list(group.hosts.map { .string($0) })] }
        whole["all"] = ["children": .list((groups.map(\.name) + ["ungrouped"]).map { .string($0) }), "vars": .map(vars(of: cells))]
        return Value.map(whole).json
    }

    /// An OpenSSH client configuration: `ssh -F FILE HOST`.
    public static func sshConfig(_ cells: [CellInventory]) -> String {
        cells.flatMap { cell in cell.members.map { sshEntry($0, of: cell) } }.joined(separator: "\n")
    }

    private static func sshEntry(_ member: CellInventory.Member, of cell: CellInventory) -> String {
        let endpoint = member.endpoint
        let settings = [
            "HostName=\(endpoint.address)", "Port=\(endpoint.port)", "User=\(endpoint.user)", "IdentityFile=\(endpoint.keyFile)",
        ]
        let lines = (settings + endpoint.options).map { option in
            "  " + CellInventory.quotedOption(option).replacing("=", with: " ", maxReplacements: 1)
        }
        return (["Host \(member.plan.name)"] + lines).joined(separator: "\n") + "\n"
    }

    /// The variables of all hosts; of several cells, only those with equal values.
    private static func vars(of cells: [CellInventory]) -> [String: Value] {
        guard let first = cells.first else { return [:] }
        return first.vars.filter { name, value in cells.allSatisfy { $0.vars[name] == value } }
    }

    private static func hosts(of cells: [CellInventory]) -> [(name: String, variables: [String: Value])] {
        cells.flatMap { cell in cell.members.map { ($0.plan.name, cell.variables(of: $0)) } }
    }

    /// The groups of all cells; hosts of several cells in the order of the cells.
    private static func groups(of cells: [CellInventory]) -> [(name: String, hosts: [String])] {
        var groups: [String: [String]] = [:]
        for group in cells.flatMap(\.groups) { groups[group.name, default: []] += group.hosts }
        return groups.sorted { $0.key < $1.key }.map { ($0.key, $0.value) }
    }
}
