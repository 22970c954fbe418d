import MatrixCore

/// Checks the items of the step lists, each only once for all cells.
final class StepReader {
    private let context: LoadContext
    private let axes: [String]
    private let kinds: [StepKeys.List: StepKinds]
    private var templates: [StepTemplate.Identity: [StepTemplate]] = [:]
    /// All items that were read, in their order.
    private(set) var all: [StepTemplate] = []

    init(_ context: LoadContext, kinds: [StepKeys.List: StepKinds], axes: [String]) {
        self.context = context
        self.kinds = kinds
        self.axes = axes
    }

    /// The valid items of a list; the others are reported.
    func templates(of document: Document?, in list: StepKeys.List) -> [StepTemplate] {
        let elements = document?.elements ?? []
        context.work.spend(lightly: elements.count)
        guard !context.work.isSpent else { return [] }
        return elements.flatMap { templates(of: $0, in: list) }
    }

    /// The templates of one item: several if it is a block of checks.
    private func templates(of item: Document, in list: StepKeys.List) -> [StepTemplate] {
        let identity = StepTemplate.Identity(list: list, location: item.location)
        if let known = templates[identity] { return known }
        let read = list == .verify && item.has(StepKeys.block.kind) ? readBlock(item) : read(item, in: list, after: [])
        templates[identity] = read
        return read
    }

    /// One item; a goss file has several checks.
    private func read(_ item: Document, in list: StepKeys.List, after: [Document]) -> [StepTemplate] {
        guard list == .verify, item.has(GossReader.declaration.kind), let kind = kinds[list]?[GossReader.declaration.kind] else {
            return [one(item, in: list, after: after)].compactMap(\.self)
        }
        guard let checked = context.checker.check(item, against: .object(kind.object), named: kind.declaration.kind) else { return [] }
        checkWhen(item["when"])
        return GossReader(context: context).checks(of: checked).compactMap { one($0, in: list, after: after) }
    }

    /// The checks of a block.
    private func readBlock(_ item: Document) -> [StepTemplate] {
        guard let kind = kinds[.verify]?[StepKeys.block.kind] else { return read(item, in: .verify, after: []) }
        guard let block = context.checker.check(item, against: .object(kind.object), named: kind.declaration.kind) else { return [] }
        let after = block["after"]?.oneOrMore ?? []
        if let checks = block[kind.declaration.kind], checks.elements.isEmpty {
            context.problems.error(at: checks.location, "the block has no checks", hint: "list them below `checks:`, or remove it")
        }
        return (block[kind.declaration.kind]?.elements ?? []).flatMap { check -> [StepTemplate] in
            for key in ["after", kind.declaration.kind] where check.has(key) {
                let place = check.members.first { $0.key == key }?.keyLocation
                context.problems.error(
                    at: place, "`\(key)` cannot be used inside of a block", hint: "the block says after which step its checks are asked")
                return []
            }
            return read(check, in: .verify, after: after)
        }
    }

    private func one(_ item: Document, in list: StepKeys.List, after: [Document]) -> StepTemplate? {
        guard let kinds = kinds[list] else { return nil }
        guard case .map(let members) = item.content, !members.isEmpty else {
            let example = kinds.names.first.map { "`- \($0): …`" } ?? "a kind with its options"
            context.problems.error(at: item.location, "a \(list.noun) must be a map, not \(item.form)", hint: "such as \(example)")
            return nil
        }
        guard let kind = kinds.kind(of: item, problems: context.problems) else { return nil }
        let before = context.problems.count
        guard let checked = context.checker.check(item, against: .object(kind.object), named: kind.declaration.kind) else { return nil }
        checkWhen(item["when"])
        if context.problems.count == before {
            kind.declaration.examine(item).forEach(context.problems.add)
        } else {
            examineValues(of: checked, kind.declaration)
        }
        let template = StepTemplate(checked, kind: kind, in: list, number: all.count, after: after)
        all.append(template)
        return template
    }

    /// Beside a wrong key only what is wrong with a single value is known: something may be missing only because its key is misspelt.
    private func examineValues(of item: Document, _ declaration: Declaration) {
        let places = Set(item.members.filter { $0.value.text != nil }.map(\.value.location))
        for problem in declaration.examine(item) where problem.location.map(places.contains) == true { context.problems.add(problem) }
    }

    private func checkWhen(_ document: Document?) {
        for member in document?.members ?? [] where !axes.contains(member.key) {
            context.problems.error(
                at: member.keyLocation, "there is no axis `\(member.key)`",
                hint: Hint.meant(member.key, among: axes, otherwise: "there are"))
        }
    }
}
