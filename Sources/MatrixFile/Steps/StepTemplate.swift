import MatrixCore

/// One item of `deploy:`, `verify:` or `finally:` as the file has it: checked, but not yet for a cell.
///
/// A class: each cell looks at each item, and a copy of a struct with so many parts costs more than the look.
final class StepTemplate {
    /// Tells the items of a file apart; an aliased item is the same item.
    struct Identity: Hashable {
        let list: StepKeys.List
        let location: SourceLocation
    }

    let identity: Identity
    /// Its place among all items that were read.
    let number: Int
    let kind: StepKinds.Kind
    let document: Document
    /// Globs by axis.
    let when: [(axis: String, globs: [String])]
    let hosts: Document?
    /// The role that the check is asked from, if it names one.
    let vantage: Document?
    let tags: [String]
    /// The deploy steps after which it is asked, one after each; empty if it is asked when the deploy has ended.
    let after: [Document]
    /// Whether a step of it depends on the names of a cell.
    let holdsReferences: Bool

    /// - Parameter after: the steps after which its block is asked; empty if it is in none.
    init(_ document: Document, kind: StepKinds.Kind, in list: StepKeys.List, number: Int, after: [Document] = []) {
        self.after = after.isEmpty && list == .verify ? document["after"]?.oneOrMore ?? [] : after
        self.number = number
        identity = Identity(list: list, location: document.location)
        self.kind = kind
        self.document = document
        when = (document["when"]?.members ?? []).map { ($0.key, $0.value.texts) }
        hosts = document["hosts"]
        vantage = kind.isCheck ? document["from"].flatMap { [nil, "host", "runner"].contains($0.text) ? nil : $0 } : nil
        tags = document["tags"]?.texts ?? []
        holdsReferences = document.holdsReferences
    }

    /// The step of one cell.
    ///
    /// - Parameter document: the item, rendered as far as it can be before the run.
    func step(from document: Document) -> StepPlan {
        let environment = (document["env"]?.members ?? []).compactMap { member in member.value.text.map { (member.key, $0) } }
        var step = StepPlan(
            name: "", kind: kind.declaration.kind, options: document, hosts: document["hosts"]?.text,
            environment: Dictionary(environment) { _, last in last }, timeout: document["timeout"]?.duration,
            retries: document["retries"]?.int ?? 0)
        step.modifiers = modifiers(of: document)
        step.changes = document["changes"].flatMap(Self.changes)
        return step
    }

    private static func changes(_ document: Document) -> ChangeRules? {
        if let isAsked = document.bool { return isAsked ? ChangeRules() : nil }
        // An empty list allows nothing.
        return ChangeRules(allow: document["allow"]?.texts, forbid: document["forbid"]?.texts ?? [])
    }

    private func modifiers(of document: Document) -> CheckModifiers {
        var modifiers = CheckModifiers()
        if let waiver = document["waive"], let until = waiver["until"]?.text, let because = waiver["because"]?.text {
            modifiers.waiver = Waiver(until: until, because: because)
        }
        modifiers.within = document["within"]?.duration
        modifiers.every = document["every"]?.duration ?? modifiers.every
        guard kind.isCheck else { return modifiers }
        switch document["from"]?.text {
        case nil, "host": modifiers.from = .host
        case "runner": modifiers.from = .runner
        case .some(let role): modifiers.from = .role(role)
        }
        modifiers.user = document["as"]?.text ?? modifiers.user
        modifiers.stable = document["stable"]?.duration
        return modifiers
    }
}
