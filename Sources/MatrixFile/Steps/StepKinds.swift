import MatrixCore

/// The kinds that the items of one list may have.
struct StepKinds {
    /// One kind with all keys that its items may have.
    struct Kind {
        let declaration: Declaration
        let isCheck: Bool
        let object: ObjectShape
        let keys: Set<String>

        init(_ declaration: Declaration, isCheck: Bool, common: [KeyShape], noun: String) {
            self.declaration = declaration
            self.isCheck = isCheck
            let own = KeyShape(declaration.kind, declaration.subject, declaration.summary, required: true)
            let beside = declaration.keys + common.filter { key in !declaration.keys.contains { $0.name == key.name } }
            // A check's kind such as `user` may also be a key of another kind: the kind's key comes first.
            object = ObjectShape("the \(noun) `\(declaration.kind)`", [own] + beside.filter { $0.name != declaration.kind })
            keys = Set(object.keys.map(\.name))
        }
    }

    let list: StepKeys.List
    /// In the order in which they were declared.
    let all: [Kind]
    private let byName: [String: Kind]
    /// The kinds of all steps, and of all checks.
    private let steps: Set<String>
    private let checks: Set<String>
    private let alone: Bool

    /// - Parameter alone: whether the list may hold only checks: outside a matrix no step runs.
    init(_ list: StepKeys.List, deployers: [Declaration], checks: [Declaration], alone: Bool = false) {
        self.list = list
        self.alone = alone
        steps = Set(deployers.map(\.kind))
        self.checks = Set(checks.map(\.kind))
        switch list {
        case .deploy, .finally:
            let kinds = deployers.filter { list == .deploy || !$0.deploysOnly }
            let common = list == .deploy ? StepKeys.ofDeployStep : StepKeys.ofStep
            all = kinds.map { Kind($0, isCheck: false, common: common, noun: "step") }
        case .verify:
            let kinds = checks.map { check in
                let common = StepKeys.ofCheck(fromElsewhere: check.asksFromElsewhere, remembers: check.remembers, alone: alone)
                return Kind(check, isCheck: true, common: common, noun: "check")
            }
            let shared = StepKeys.ofCheck(fromElsewhere: false, alone: alone).filter { GossReader.shared.contains($0.name) }
            let goss = Kind(GossReader.declaration, isCheck: true, common: shared, noun: "check")
            let blocks = alone ? [] : [Kind(StepKeys.block, isCheck: true, common: [], noun: "block")]
            let more = deployers.filter { [names = self.checks] in $0.verifies && !alone && !names.contains($0.kind) }
            all = kinds + more.map { Kind($0, isCheck: false, common: StepKeys.ofVerifyingStep, noun: "check") } + blocks + [goss]
        }
        byName = Dictionary(all.map { ($0.declaration.kind, $0) }) { first, _ in first }
    }

    subscript(name: String) -> Kind? { byName[name] }

    var names: [String] { all.map(\.declaration.kind) }

    /// The kind of an item: the one key that accepts all the others.
    func kind(of item: Document, problems: Problems) -> Kind? {
        let keys = Set(item.members.map(\.key))
        let candidates = item.members.compactMap { byName[$0.key] }
        let fitting = candidates.filter { $0.keys.isSuperset(of: keys) }
        if fitting.count == 1 { return fitting[0] }
        if candidates.count == 1 { return candidates[0] }
        if candidates.isEmpty {
            reportNone(item, problems)
        } else {
            let names = candidates.map { "`\($0.declaration.kind)`" }.joined(separator: " and ")
            problems.error(at: item.location, "\(names) are separate \(list.noun)s", hint: "write each as its own list item")
        }
        return nil
    }

    private func reportNone(_ item: Document, _ problems: Problems) {
        let known = StepKeys.ofStep.map(\.name) + StepKeys.ofCheck(fromElsewhere: true).map(\.name)
        for member in item.members {
            if let place = elsewhere(member.key) {
                let why = alone ? "is a step, and only checks are allowed here" : "is not a \(list.noun) of `\(list.rawValue):`"
                return problems.error(at: member.keyLocation, "`\(member.key)` \(why)", hint: "it belongs under \(place)")
            }
        }
        if let member = item.members.first(where: { !known.contains($0.key) }) {
            return problems.error(
                at: member.keyLocation, "there is no \(list.noun) `\(member.key)`",
                hint: Hint.meant(member.key, among: names, otherwise: "there are"))
        }
        problems.error(at: item.location, "the \(list.noun) has no kind", hint: available)
    }

    private var available: String { "there are: \(names.joined(separator: ", "))" }

    private func elsewhere(_ key: String) -> String? {
        if list != .deploy, steps.contains(key) { return "`deploy:`" }
        return list != .verify && checks.contains(key) ? "`verify:`" : nil
    }
}
