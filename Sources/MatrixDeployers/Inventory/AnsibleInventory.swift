public import MatrixCore
import MatrixRemote

/// Writes inventories: of a running cell for its deploy steps, and of kept cells in all forms of `matrix inventory`.
public struct AnsibleInventory: InventoryWriter {
    public init() {}

    public func write(_ cell: CellPlan, hosts: [Host], run: RunID, to directory: String) throws -> String {
        let members = hosts.map { CellInventory.Member(plan: $0.plan, endpoint: $0.endpoint) }
        return try Self.write(CellInventory(cell, members: members, run: run), to: directory)
    }

    /// Writes the inventory of one cell: `inventory.yml`, and the variables of groups and hosts in `group_vars/` and `host_vars/`.
    ///
    /// In such files a narrower group wins over `all`, also over a playbook's `group_vars/all`; in the inventory itself it would not.
    static func write(_ cell: CellInventory, to directory: String) throws -> String {
        try FileSystem.makeFolder(directory)
        let path = "\(directory)/inventory.yml"
        try NewFile.write(yaml([cell], inline: false), to: path)
        for (folder, owners) in [("group_vars", cell.variables.groups), ("host_vars", cell.variables.hosts)] {
            for (owner, variables) in owners where !variables.isEmpty {
                try FileSystem.makeFolder("\(directory)/\(folder)")
                try NewFile.write(InventoryYAML.members(variables, indent: 0), to: "\(directory)/\(folder)/\(owner).yml")
            }
        }
        return path
    }

    /// A YAML inventory.
    ///
    /// - Parameter inline: whether the variables of groups and hosts are in it.
    public static func yaml(_ cells: [CellInventory], inline: Bool = true) -> String {
        let hosts = hosts(of: cells, inline: inline).map {
            "    \(InventoryYAML.key($0.name)):\n" + InventoryYAML.members($0.variables, indent: 6)
        }
        let children = groups(of: cells).map { group in
            let vars = inline && !group.vars.isEmpty ? "      vars:\n\(InventoryYAML.members(group.vars, indent: 8))" : ""
            return "    \(group.name):\n      hosts:\n" + group.hosts.map { "        \(InventoryYAML.key($0)):\n" }.joined() + vars
        }
        let vars = vars(of: cells, inline: inline)
        let shared = vars.isEmpty ? "" : "  vars:\n\(InventoryYAML.members(vars, indent: 4))"
        return "all:\n  hosts:\n\(hosts.joined())\(shared)  children:\n\(children.joined())"
    }

    /// An INI inventory.
    public static func ini(_ cells: [CellInventory]) -> String {
        func lines(_ variables: [String: Value]) -> [String] {
            variables.sorted { $0.key < $1.key }.map { "\($0.key)=\(ShellQuoting.quote($0.value.text))" }
        }
        func section(_ title: String, _ lines: [String]) -> [String] {
            lines.isEmpty ? [] : ["[\(title)]\n\(lines.joined(separator: "\n"))\n"]
        }
        let hosts = hosts(of: cells).map { ([$0.name] + lines($0.variables)).joined(separator: " ") }
        let sections = groups(of: cells).flatMap { section($0.name, $0.hosts) + section("\($0.name):vars", lines($0.vars)) }
        let whole = sections + section("all:vars", lines(vars(of: cells)))
        return "\(hosts.joined(separator: "\n"))\n\n\(whole.joined(separator: "\n"))"
    }

    /// What a dynamic inventory prints for `--list`: groups, and `_meta` with all hosts' variables. One line of JSON.
    public static func json(_ cells: [CellInventory]) -> String {
        let groups = groups(of: cells)
        let variables = Dictionary(hosts(of: cells).map { ($0.name, Value.map($0.variables)) }) { first, _ in first }
        var whole: [String: Value] = ["_meta": ["hostvars": .map(variables)]]
        for group in groups {
            var members: [String: Value] = ["hosts": .list(group.hosts.map { .string($0) })]
            if !group.vars.isEmpty { members["vars"] = .map(group.vars) }
            whole[group.name] = .map(members)
        }
        whole["all"] = ["children": .list((groups.map(\.name) + ["ungrouped"]).map { .string($0) }), "vars": .map(vars(of: cells))]
        return Value.map(whole).json
    }

    /// An OpenSSH client configuration: `ssh -F FILE HOST`.
    public static func sshConfig(_ cells: [CellInventory]) -> String {
        cells.flatMap { cell in cell.members.map { sshEntry($0, of: cell) } }.joined(separator: "\n")
    }

    private static func sshEntry(_ member: CellInventory.Member, of cell: CellInventory) -> String {
        let endpoint = member.endpoint
        let identity = endpoint.keyFile.isEmpty ? [] : ["IdentityFile=\(Endpoint.optionWord(endpoint.keyFile))"]
        let lines = endpoint.entry(identity: identity).map { option in
            "  " + CellInventory.quotedOption(option).replacing("=", with: " ", maxReplacements: 1)
        }
        return (["Host \(member.plan.name)"] + lines).joined(separator: "\n") + "\n"
    }

    /// The variables of all hosts; of several cells, only those with equal values.
    private static func vars(of cells: [CellInventory], inline: Bool = true) -> [String: Value] {
        common(cells.map { inline ? $0.variables.all.merging($0.variables.groups["all"] ?? [:]) { $1 } : $0.variables.all })
    }

    private static func common(_ variables: [[String: Value]]) -> [String: Value] {
        guard let first = variables.first else { return [:] }
        return first.filter { name, value in variables.allSatisfy { $0[name] == value } }
    }

    private static func hosts(of cells: [CellInventory], inline: Bool = true) -> [(name: String, variables: [String: Value])] {
        cells.flatMap { cell in
            cell.members.map { member in
                let name = member.plan.name
                let own = inline ? cell.variables.hosts[name] ?? [:] : [:]
                return (name, cell.connection(of: member).merging(own) { $1 })
            }
        }
    }

    /// The groups of all cells; hosts of several cells in the order of the cells, variables as ``vars(of:inline:)``.
    private static func groups(of cells: [CellInventory]) -> [(name: String, hosts: [String], vars: [String: Value])] {
        var hosts: [String: [String]] = [:]
        var vars: [String: [[String: Value]]] = [:]
        for cell in cells {
            for group in cell.groups {
                hosts[group.name, default: []] += group.hosts
                vars[group.name, default: []].append(cell.variables.groups[group.name] ?? [:])
            }
        }
        return hosts.sorted { $0.key < $1.key }.map { ($0.key, $0.value, common(vars[$0.key] ?? [])) }
    }
}
