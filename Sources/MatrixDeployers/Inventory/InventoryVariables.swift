internal import MatrixCore

/// The matrix file's variables for a cell's inventory, with everything resolved: for all hosts, by group, by host.
struct InventoryVariables: Sendable {
    /// `vars:`.
    var all: [String: Value] = [:]
    /// `groups:`, by the group's name in the inventory: its group_vars.
    var groups: [String: [String: Value]] = [:]
    /// `hosts.<role>.vars`, by the host's name: its host_vars.
    var hosts: [String: [String: Value]] = [:]
    /// The secrets that they look up in the environment; none of them is in a value.
    private(set) var secrets: Set<String> = []

    /// Those of a step in a running cell.
    init(of context: CellContext, secrets names: SecretNames, at location: SourceLocation) throws {
        let cell = context.cell
        var used: Set<String> = []
        func read(_ document: Document?, _ scope: Scope) throws -> [String: Value] {
            let variables = try AnsibleVariables(document, scope: scope, secrets: names)
            used.formUnion(variables.secrets)
            return variables.values
        }
        all = try read(Document(value: .map(cell.vars), at: location), context.scope).filter { InventoryNames.isVariable($0.key) }
        for (group, document) in cell.inventory.groups { groups[group] = try read(document, context.scope) }
        for host in context.hosts { hosts[host.name] = try read(cell.inventory.roles[host.plan.role], context.scope(for: host)) }
        secrets = used
    }

    /// Those of a plan that are known without a run: what refers to a secret is left out.
    init(knownIn cell: CellPlan, _ members: [CellInventory.Member]) {
        func read(_ document: Document?, _ scope: Scope) -> [String: Value] {
            guard case .map(let values)? = document?.value else { return [:] }
            return values.compactMapValues { try? scope.render($0) }
        }
        all = cell.vars.compactMapValues { try? cell.scope.render($0) }.filter { InventoryNames.isVariable($0.key) }
        groups = cell.inventory.groups.mapValues { read($0, cell.scope) }
        for member in members {
            let scope = cell.scope.adding(cell.names(of: member.plan, at: member.endpoint))
            hosts[member.plan.name] = read(cell.inventory.roles[member.plan.role], scope)
        }
    }
}
