internal import Foundation
import MatrixCore

/// `inventory:`, `groups:` and `hosts.<role>.vars`: what a file adds to the cells' Ansible inventories.
enum InventorySection {
    static let key = KeyShape("inventory", .oneOrMore(.text), "Your own Ansible inventories, read before that of the cell", nullable: true)
    static let groups = KeyShape("groups", .map(.object(group)), "Ansible groups of the cells, with their variables", nullable: true)
    /// A key of a role.
    static let hostVars = KeyShape("vars", .map(.any), "Ansible variables of these hosts: their host_vars", nullable: true)

    private static let group = ObjectShape(
        "a group", [KeyShape("vars", .map(.any), "Ansible variables of the group: its group_vars", nullable: true)])

    /// The sections of a cell's settings that this reads, of `hosts:` only the variables; nil if there is nothing.
    static func part(of settings: Document) -> Document? {
        let hosts = settings.only(["hosts"]).mapped(below: "hosts") { $0.only(["vars"]) }
        let part = settings.only(["inventory", "groups"]).merging(hosts)
        let owners = (part["groups"]?.members ?? []) + (part["hosts"]?.members ?? [])
        return part["inventory"] != nil || owners.contains { $0.value["vars"] != nil } ? part : nil
    }

    /// The rest of `hosts:`, which is used before any host exists.
    static func withoutVariables(_ settings: Document) -> Document {
        settings.mapped(below: "hosts") { $0.without(["vars"]) }
    }

    /// Checks the references in the sections: a host knows its own name and address, a group does not.
    static func check(_ settings: Document, _ references: ReferenceChecker) {
        guard let part = part(of: settings) else { return }
        references.check(part.only(["inventory"]), in: .cell)
        references.check(part.only(["groups"]), in: .group)
        references.check(part.only(["hosts"]), in: .step)
    }

    /// Reports variables that Ansible or the harness cannot take, in a part of merged settings.
    static func checkVariables(_ part: Document, problems: Problems) {
        for section in ["hosts", "groups"] {
            for owner in part[section]?.members ?? [] {
                guard let variables = owner.value["vars"] else { continue }
                for member in variables.members { check(member, problems) }
                variables.secretsInExpressions.forEach(problems.add)
            }
        }
    }

    private static func check(_ variable: Document.Member, _ problems: Problems) {
        let name = variable.key
        if !InventoryNames.isVariable(name) {
            problems.error(
                at: variable.keyLocation, "`\(name)` cannot be the name of an Ansible variable",
                hint: "use letters, digits and _, with no digit in front")
        } else if InventoryNames.reserved.contains(name) {
            problems.error(
                at: variable.keyLocation, "`\(name)` says which host of which cell this is, and matrix sets it", hint: "remove it")
        }
    }

    /// Reads a rendered part.
    static func plan(of part: Document, context: LoadContext) -> InventoryPlan {
        func variables(_ section: String) -> [(String, Document)] {
            (part[section]?.members ?? []).compactMap { member in member.value["vars"].map { (member.key, $0) } }
        }
        return InventoryPlan(
            sources: (part["inventory"]?.oneOrMore ?? []).compactMap { source($0, context) },
            roles: Dictionary(variables("hosts")) { _, last in last },
            groups: Dictionary(variables("groups").map { (InventoryNames.group($0.0), $0.1) }) { $0.merging($1) })
    }

    /// The absolute path of an inventory; nil if it does not exist, which is reported. An empty text names none.
    private static func source(_ document: Document, _ context: LoadContext) -> String? {
        guard document.text?.isEmpty == false, let path = context.path(document) else { return nil }
        if FileManager.default.fileExists(atPath: path) || Placeholders.isIn(path) { return path }
        context.problems.error(
            at: document.location, "there is no inventory \(path)", hint: "relative paths are relative to the file that names them")
        return nil
    }
}

extension Document {
    /// This map with the values of all members below a key changed.
    fileprivate func mapped(below key: String, _ change: (Document) -> Document) -> Document {
        let changed = members.map { member in
            guard member.key == key else { return member }
            let inner = member.value.members.map {
                Member(key: $0.key, keyLocation: $0.keyLocation, value: $0.value.content == .null ? $0.value : change($0.value))
            }
            guard case .map = member.value.content else { return member }
            return Member(key: key, keyLocation: member.keyLocation, value: Document(.map(inner), at: member.value.location))
        }
        return Document(.map(changed), at: location)
    }
}
