import MatrixCore

/// When the checks of cells are asked: each after its deploy step, and what it recalls after what it remembers.
struct CheckOrder {
    private let problems: Problems
    /// The names of deploy steps as the file has them, and of those that cells have.
    private var steps: Set<String>
    /// The steps that `after:` names, each with its first position.
    private var wanted: [(name: String, location: SourceLocation)] = []
    private var reported: Set<SourceLocation> = []

    init(_ templates: [StepTemplate], problems: Problems) {
        self.problems = problems
        steps = Set(templates.filter { $0.identity.list == .deploy }.map { StepName.of($0.document, kind: $0.kind.declaration) })
    }

    /// Notes that a check is asked after a step.
    mutating func note(_ name: String, at location: SourceLocation) {
        if !wanted.contains(where: { $0.location == location }) { wanted.append((name, location)) }
    }

    /// Skips the checks whose deploy step does not run in a cell, and those that recall what is not remembered there.
    mutating func settle(_ checks: inout [StepPlan], after deploy: [StepPlan]) {
        steps.formUnion(deploy.map(\.name))
        for index in checks.indices where checks[index].skipped == nil {
            guard let name = checks[index].after else { continue }
            checks[index].skipped = reason(deploy.first { $0.name == name }, named: name)
        }
        for index in checks.indices where checks[index].skipped == nil {
            guard let recall = checks[index].options["recall"], let name = recall.text else { continue }
            checks[index].skipped = problem(of: checks[index], recalling: name, at: recall.location, among: checks, deploy)
        }
    }

    private func reason(_ step: StepPlan?, named name: String) -> String? {
        guard let step else { return "this cell has no step `\(name)`" }
        return step.skipped.map { "its step `\(name)` does not run here: \($0)" }
    }

    /// Why a check cannot recall a name here; what is wrong in every cell is reported.
    private mutating func problem(
        of check: StepPlan, recalling name: String, at location: SourceLocation, among checks: [StepPlan], _ deploy: [StepPlan]
    ) -> String? {
        let sources = checks.filter { $0.options["remember"]?.text == name && $0.kind == check.kind }
        guard let first = sources.first else {
            let known = checks.filter { $0.kind == check.kind }.compactMap { $0.options["remember"]?.text }.unique
            let hint =
                known.isEmpty ? "add `remember: \(name)` to an earlier check" : Hint.meant(name, among: known, otherwise: "there are")
            error(at: location, "no check `\(check.kind)` of this cell remembers `\(name)`", hint: hint)
            return nil
        }
        let able = sources.filter { $0.skipped == nil }
        guard !able.isEmpty else { return "the check that remembers `\(name)` does not run here: \(first.skipped ?? "")" }
        if !able.contains(where: { moment(of: $0, deploy) < moment(of: check, deploy) }) {
            error(
                at: location, "nothing remembers `\(name)` before this check is asked",
                hint: "give the check with `remember: \(name)` an `after:` with an earlier deploy step")
        }
        return nil
    }

    private func moment(of check: StepPlan, _ deploy: [StepPlan]) -> Int {
        check.after.flatMap { name in deploy.firstIndex { $0.name == name } } ?? .max
    }

    private mutating func error(at location: SourceLocation, _ message: String, hint: String) {
        if reported.insert(location).inserted { problems.error(at: location, message, hint: hint) }
    }

    /// Reports steps of `after:` that are in no cell.
    func report() {
        for (name, location) in wanted where !steps.contains(name) && !name.contains("${") {
            let hint = steps.isEmpty ? "the file deploys nothing" : Hint.meant(name, among: steps.sorted(), otherwise: "there are")
            problems.error(at: location, "there is no deploy step `\(name)`", hint: hint)
        }
    }
}
