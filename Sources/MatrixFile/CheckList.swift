public import MatrixCore

/// The checks of a file that holds only checks, for one cell.
public struct CheckList: Sendable {
    /// In the file's order; checks that do not apply have a reason.
    public var steps: [StepPlan]
    /// Warnings.
    public var warnings: [Diagnostic]
}

/// A file that holds only checks. It is read once, when this is made: it may be a pipe.
public struct CheckFile: Sendable {
    /// As it was given.
    public let path: String
    let text: Result<String, UnreadableFile>

    /// Reads the file; ``MatrixLoader`` reports what is wrong with it.
    public init(_ path: String) {
        self.path = path
        do throws(UnreadableFile) { text = .success(try SourceTexts().read(path, isGiven: true)) } catch { text = .failure(error) }
    }
}

extension MatrixLoader {
    /// Reads a file that holds only checks: a list, or a map with `verify:` and optionally `vars:`.
    ///
    /// - Parameters:
    ///   - file: the file; positions show its path as it is given.
    ///   - cell: what `when:`, `hosts:` and `${…}` mean.
    ///   - tags: only checks with one of these; all checks if this is empty.
    /// - Throws: `UsageError` with all problems, in the order of their positions, if one of them is an error.
    public func loadChecks(_ file: CheckFile, for cell: CellPlan, tags: [String] = []) throws -> CheckList {
        let context = LoadContext(environment: environment)
        context.sources.know(file.text, of: file.path)
        let steps = CheckListReader(
            context, kinds: StepKinds(.verify, deployers: deployers, checks: checks, alone: true), cell: cell, tags: Set(tags)
        ).steps(of: file.path)
        let problems = context.problems.sorted(by: context.sources.files)
        guard !context.problems.hasErrors else { throw UsageError(problems) }
        return CheckList(steps: steps, warnings: problems)
    }
}

/// Reads the checks of a ``CheckList``.
struct CheckListReader {
    private let context: LoadContext
    private let kinds: StepKinds
    private let cell: CellPlan
    private let tags: Set<String>
    private let axes: [String: String]

    init(_ context: LoadContext, kinds: StepKinds, cell: CellPlan, tags: Set<String>) {
        self.context = context
        self.kinds = kinds
        self.cell = cell
        self.tags = tags
        axes = Dictionary(cell.point.map { ($0.axis, $0.value) }) { first, _ in first }
    }

    func steps(of path: String) -> [StepPlan] {
        guard let document = context.document(of: path, form: hint), let list = list(in: document) else { return [] }
        let vars = document["vars"] ?? document.emptied
        check(list, vars)
        let templates = StepReader(context, kinds: [.verify: kinds], axes: axes.keys.sorted()).templates(of: list, in: .verify)
        let scope = StaticScope(context, names: names, variables: Variables(vars))
        var steps = templates.map { step(of: $0, scope: scope) }
        for (index, name) in StepName.unique(steps.map(\.name)).enumerated() { steps[index].name = name }
        context.missing.report(to: context.problems)
        if context.work.isSpent {
            context.problems.error(
                at: list.location, "the checks hold more than \(LoadLimits.work) values, with their references replaced",
                hint: "split the file")
        }
        warnOfNothing(steps, at: list.location)
        return steps
    }

    private var hint: String { "it must be a list of checks, or a map with `verify:`" }

    private func list(in document: Document) -> Document? {
        for member in document.members where !["verify", "vars"].contains(member.key) {
            context.problems.error(at: member.keyLocation, "`\(member.key)` does not belong in a file of checks", hint: hint)
        }
        let list = document.members.isEmpty ? document : document["verify"] ?? document.emptied
        guard !list.elements.isEmpty else {
            context.problems.error(at: list.location, "the file has no check", hint: hint)
            return nil
        }
        return list
    }

    private func check(_ list: Document, _ vars: Document) {
        let names = Names(axes: axes.keys.sorted(), variables: Set(vars.paths))
        let references = ReferenceChecker(names: names, sources: context.sources, problems: context.problems)
        references.check(list, in: .step)
        references.check(vars, in: .step)
    }

    private var names: [String: String] {
        var names = ["cell": cell.name, "os": cell.os.name, "platform": cell.platform]
        for (axis, value) in axes { names["axis.\(axis)"] = value }
        return names
    }

    private func step(of template: StepTemplate, scope: StaticScope) -> StepPlan {
        let reason = reason(against: template)
        var step = template.step(from: reason == nil && template.holdsReferences ? scope.render(template.document) : template.document)
        step.name = StepName.of(step.options, kind: template.kind.declaration)
        step.skipped = reason
        return step
    }

    private func reason(against template: StepTemplate) -> String? {
        if !tags.isEmpty, !template.tags.contains("always"), tags.isDisjoint(with: template.tags) {
            return "not selected by --tags \(tags.sorted().joined(separator: ","))"
        }
        let applies = template.when.allSatisfy { condition in
            guard let value = axes[condition.axis] else { return false }
            return condition.globs.contains { Glob.matches($0, value) }
        }
        guard applies else {
            return "only when " + template.when.map { "\($0.axis)=\($0.globs.joined(separator: "|"))" }.joined(separator: " ")
        }
        let selectors = [template.hosts, template.vantage].compactMap { $0?.text }.filter { !$0.contains("${") }
        return selectors.first { cell.hosts(selectedBy: $0).isEmpty }.map { "no host here is `\($0)`" }
    }

    private func warnOfNothing(_ steps: [StepPlan], at location: SourceLocation) {
        guard !steps.isEmpty, steps.allSatisfy({ $0.skipped != nil }) else { return }
        context.problems.warning(
            at: location, "no check of this file applies to \(cell.name)", hint: "see the reasons, and correct `when:`, `hosts:` or --tags")
    }
}
