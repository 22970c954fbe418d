import MatrixCore

/// Makes the steps of each cell, and finds those that no cell ever runs.
final class StepExpander {
    /// Why a step does not run in a cell.
    enum Skip: UInt8 {
        case untagged
        case when
        case hosts
    }

    /// Which steps of one list are skipped: cells with the same signature have the same steps.
    struct Signature: Hashable {
        let list: StepKeys.List
        let skips: [Skip?]
    }

    /// In how many cells a step could run, by each of its conditions.
    private struct Count {
        var cells = 0
        var when = 0
        var hosts = 0
        var vantage = 0
        var all = 0
    }

    private let context: LoadContext
    private let axes: Axes
    private let templates: [StepTemplate]
    private let conditions: [Condition]
    private let tags: Set<String>
    private var counts: [Count]
    private var selectors: Set<String> = []
    /// The checks whose name another one has, and that were warned of.
    private var sharedNames: Set<SourceLocation> = []
    /// The steps of items without references: in every cell the same, except whether they run.
    private var prototypes: [StepPlan?]
    private var order: CheckOrder

    init(_ context: LoadContext, axes: Axes, templates: [StepTemplate], tags: [String]) {
        self.context = context
        self.axes = axes
        self.templates = templates
        self.tags = Set(tags)
        conditions = templates.map { Condition($0.when, over: axes, work: context.work) }
        counts = Array(repeating: Count(), count: templates.count)
        prototypes = Array(repeating: nil, count: templates.count)
        order = CheckOrder(templates, problems: context.problems)
        checkTags(tags)
    }

    private func checkTags(_ tags: [String]) {
        let known = Set(templates.flatMap(\.tags)).union(["always"])
        for tag in tags where !known.contains(tag) {
            let hint =
                known.count == 1
                ? "the file has no tags: leave out --tags, or add `tags:` to steps and checks"
                : Hint.meant(tag, among: known.sorted(), otherwise: "there are")
            context.problems.error(at: nil, "no step and no check has the tag `\(tag)` of --tags", hint: hint)
        }
    }

    // MARK: Whether steps run

    /// How the steps of a list are skipped in a cell.
    func signature(_ list: StepKeys.List, of cell: ExpandedCell) -> Signature {
        let templates = cell.settings.templates(list)
        context.work.spend(lightly: templates.count)
        return Signature(list: list, skips: templates.map { skip($0, in: cell) })
    }

    private func skip(_ template: StepTemplate, in cell: ExpandedCell) -> Skip? {
        if !isTagged(template) { return .untagged }
        if !conditions[template.number].holds(at: cell.point.values) { return .when }
        return cell.has(template.hosts) && cell.has(template.vantage) ? nil : .hosts
    }

    private func isTagged(_ template: StepTemplate) -> Bool {
        guard !tags.isEmpty else { return true }
        if template.identity.list == .finally, template.tags.isEmpty { return true }
        return template.tags.contains("always") || !tags.isDisjoint(with: template.tags)
    }

    // MARK: Steps that never run

    /// Counts in which cells the steps could run, with or without a selection.
    func count(_ cell: ExpandedCell) {
        if !selectors.isSuperset(of: cell.selectors) { selectors.formUnion(cell.selectors) }
        for list in [StepKeys.List.deploy, .verify, .finally] {
            context.work.spend(lightly: cell.settings.templates(list).count)
            guard !context.work.isSpent else { return }
            for template in cell.settings.templates(list) { count(template, in: cell) }
        }
    }

    private func count(_ template: StepTemplate, in cell: ExpandedCell) {
        let when = conditions[template.number].holds(at: cell.point.values)
        let hosts = cell.has(template.hosts)
        let vantage = cell.has(template.vantage)
        counts[template.number].cells += 1
        counts[template.number].when += when ? 1 : 0
        counts[template.number].hosts += hosts ? 1 : 0
        counts[template.number].vantage += vantage ? 1 : 0
        counts[template.number].all += when && hosts && vantage ? 1 : 0
    }

    /// Reports steps that run in no cell: a check that is never asked looks like a check that passes.
    func reportUnused() {
        for (template, count) in zip(templates, counts) where count.all == 0 && !context.problems.isFull { report(template, count) }
    }

    private func report(_ template: StepTemplate, _ count: Count) {
        let noun = template.identity.list.noun
        if count.cells > 0 {
            let missing = [(template.hosts, count.hosts), (template.vantage, count.vantage)].filter { $0.1 == 0 }.compactMap(\.0)
            for document in missing {
                let name = document.text ?? ""
                let hint = Hint.meant(name, among: selectors.sorted(), otherwise: "there are")
                context.problems.error(at: document.location, "no cell has a role, group or host `\(name)`", hint: hint)
            }
            if !missing.isEmpty { return }
        }
        let place = count.cells > 0 && count.when == 0 ? template.document["when"]?.location : template.document.location
        let severity: Diagnostic.Severity = template.identity.list == .verify ? .error : .warning
        let why =
            if count.cells == 0 { "every cell replaces `\(template.identity.list.rawValue):`" } else if count.when == 0 {
                "no cell has \(Self.words(template.when))"
            } else { "no cell has both \(Self.words(template.when)) and `\(template.hosts?.text ?? template.vantage?.text ?? "")`" }
        context.problems.add(
            Diagnostic(severity, at: place, "this \(noun) never applies in any cell: \(why)", hint: "correct its condition, or remove it"))
    }

    private static func words(_ when: [(axis: String, globs: [String])]) -> String {
        when.map { "\($0.axis)=\($0.globs.joined(separator: "|"))" }.joined(separator: " ")
    }

    // MARK: Steps of a cell

    /// The steps of a list in a cell.
    ///
    /// - Parameter deploy: the cell's deploy steps, for its checks.
    func steps(_ list: StepKeys.List, of cell: ExpandedCell, after deploy: [StepPlan] = []) -> [StepPlan] {
        let templates = cell.settings.templates(list)
        let signature = signature(list, of: cell)
        if let known = cell.settings.sharedSteps[signature] { return known }
        // A step of a cell is about as large as four values.
        context.work.spend(4 * templates.count)
        guard !context.work.isSpent else { return [] }
        var steps = zip(templates, signature.skips).flatMap { self.steps(of: $0, skip: $1, in: cell) }
        if list == .verify { order.settle(&steps, after: deploy) }
        let names = StepName.unique(steps.map(\.name))
        if list == .verify { warnOfSharedNames(steps, names) }
        for (index, name) in names.enumerated() { steps[index].name = name }
        // The reason names the hosts that are missing, and the settings decide the hosts.
        let isShared = !templates.contains { $0.holdsReferences || !$0.after.isEmpty } && !cell.settings.hostsHoldReferences
        if isShared {
            cell.settings.sharedSteps[signature] = steps
        }
        return steps
    }

    /// Two checks of one name cannot be told apart in a report but by a number.
    private func warnOfSharedNames(_ steps: [StepPlan], _ names: [String]) {
        var first: [String: SourceLocation] = [:]
        for (step, name) in zip(steps, names) where step.skipped == nil {
            guard let earlier = first[step.name] else {
                first[step.name] = step.location
                continue
            }
            guard name != step.name, sharedNames.insert(step.location).inserted else { continue }
            let place = earlier.file == step.location.file ? "in line \(earlier.line)" : "at \(earlier)"
            context.problems.warning(
                at: step.location, "this check has the same name as that \(place): it is called `\(name)`",
                hint: "give each its own `name:`")
        }
    }

    /// Reports steps of `after:` that are in no cell.
    func reportUnknownSteps() { order.report() }

    /// The step, or a check once for each deploy step after which it is asked.
    private func steps(of template: StepTemplate, skip: Skip?, in cell: ExpandedCell) -> [StepPlan] {
        let step = step(template, skip: skip, in: cell)
        guard !template.after.isEmpty else { return [step] }
        let isNamed = template.after.count == 1 && template.document["name"] != nil
        return template.after.map { place in
            var asked = step
            let name = place.text.flatMap { skip == nil ? cell.scope.final($0, at: place.location) : $0 } ?? ""
            asked.after = name
            if !isNamed { asked.name = StepName.stable("\(step.name), after \(name)", longest: StepName.longestGiven) }
            order.note(name, at: place.location)
            return asked
        }
    }

    private func step(_ template: StepTemplate, skip: Skip?, in cell: ExpandedCell) -> StepPlan {
        var step = prototypes[template.number] ?? made(template, rendered: skip == nil, in: cell)
        if !template.holdsReferences { prototypes[template.number] = step }
        step.skipped = skip.map { reason($0, template, in: cell) }
        return step
    }

    /// A skipped step is not rendered: its references need not resolve.
    private func made(_ template: StepTemplate, rendered: Bool, in cell: ExpandedCell) -> StepPlan {
        let isRendered = rendered && template.holdsReferences
        var step = template.step(from: isRendered ? examined(template, in: cell) : template.document)
        step.name = StepName.of(step.options, kind: template.kind.declaration)
        if isRendered, let hosts = template.hosts, let text = hosts.text { step.hosts = cell.scope.final(text, at: hosts.location) }
        return step
    }

    /// The item rendered for a cell, and examined again, as its paths are now known.
    private func examined(_ template: StepTemplate, in cell: ExpandedCell) -> Document {
        let before = context.problems.count
        let document = cell.scope.render(template.document)
        // A file of a folder that only a variable names is not there.
        let isKnown = context.placeholders == nil || !Placeholders.isIn(document)
        if isKnown, context.problems.count == before { template.kind.declaration.examine(document).forEach(context.problems.add) }
        return document
    }

    private func reason(_ skip: Skip, _ template: StepTemplate, in cell: ExpandedCell) -> String {
        switch skip {
        case .untagged: return "not selected by --tags \(tags.sorted().joined(separator: ","))"
        case .when: return "only when \(Self.words(template.when))"
        case .hosts:
            let missing = [template.hosts, template.vantage].compactMap(\.self).first { !cell.has($0) }?.text ?? ""
            return "no host here is `\(missing)`; there are: \(cell.selectors.subtracting(["all"]).sorted().joined(separator: ", "))"
        }
    }
}
