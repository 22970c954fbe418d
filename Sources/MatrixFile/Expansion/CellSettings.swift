import MatrixCore

/// The matrix with a set of overrides: shared by all cells in which the same ones apply.
final class CellSettings {
    let document: Document
    let experimental: Bool
    private let templates: [StepKeys.List: [StepTemplate]]
    /// Sections that are used before any host exists, and whether they differ between cells.
    let early: Document
    let earlyHoldsReferences: Bool
    let hostsHoldReferences: Bool
    /// What the settings add to the cells' inventories; nil for nothing.
    let inventory: Document?
    let vars: Document
    /// ``vars`` by their paths.
    let variables: Variables
    let varsHoldReferences: Bool
    /// Values that are the same in all these cells, computed once.
    let sharedVariables: [String: Value]
    let sharedNames: [String: String]
    let sharedRoles: [HostsSection.Role]
    /// Roles, groups and `all`, if they are the same in all these cells.
    let sharedSelectors: Set<String>
    /// Steps that hold no references, by how they are skipped.
    var sharedSteps: [StepExpander.Signature: [StepPlan]] = [:]

    init(_ document: Document, reader: StepReader, work: LoadWork) {
        self.document = document
        work.spend(document.valueCount)
        experimental = document["experimental"]?.bool ?? false
        let lists = StepKeys.List.allCases.map { ($0, reader.templates(of: document[$0.rawValue], in: $0)) }
        templates = Dictionary(lists) { first, _ in first }
        early = InventorySection.withoutVariables(document.only(["hosts", "timeouts", "retries", "provision"]))
        earlyHoldsReferences = early.holdsReferences
        hostsHoldReferences = early["hosts"]?.holdsReferences ?? false
        inventory = InventorySection.part(of: document)
        vars = document["vars"] ?? document.emptied
        variables = Variables(vars)
        varsHoldReferences = vars.holdsReferences
        sharedVariables = varsHoldReferences ? [:] : Self.variables(of: vars)
        sharedNames = varsHoldReferences ? [:] : Self.names(of: vars, work: work)
        sharedRoles = hostsHoldReferences ? [] : HostsSection.roles(of: early["hosts"])
        sharedSelectors = Self.selectors(of: sharedRoles)
    }

    /// What a step's `hosts:` can name in every cell of these roles.
    static func selectors(of roles: [HostsSection.Role]) -> Set<String> {
        Set(["all"] + roles.map(\.name) + roles.flatMap(\.groups) + (roles.isEmpty ? ["host"] : []))
    }

    /// The variables in the form for deployers.
    static func variables(of vars: Document) -> [String: Value] {
        Dictionary(vars.members.map { ($0.key, $0.value.value) }) { _, last in last }
    }

    /// The variables as `vars.…` names for `${…}`; those that hold references which only a run resolves are left out.
    static func names(of vars: Document, work: LoadWork) -> [String: String] {
        var names: [String: String] = [:]
        vars.forEachDescendant { path, value in
            let name = "vars.\(path)"
            guard value.content != .null, names[name] == nil, !work.isSpent else { return }
            let template = value.value.text
            work.spend(template.utf8.count / 64)
            if let text = try? Template.rendered(template, lookup: { _ in nil }) { names[name] = text }
        }
        return names
    }

    func templates(_ list: StepKeys.List) -> [StepTemplate] { templates[list] ?? [] }
}
