internal import MatrixCore

/// A run as every report shows it. If its parts disagree, the worse one is shown, so that no report is greener than the exit
/// status: every cell has a case, every leak is an error of a destroy case, a cell that ended badly has a bad case.
struct ReportedRun {
    let result: RunResult
    /// In plan order.
    let cells: [CellResult]
    /// Problems outside of any cell.
    let problems: [CaseResult]
    /// What its cells do now; nil for a run that has ended, and for one of which only the report is known.
    let activity: RunActivity?
    /// Names of the cells that may have left a resource behind.
    private let leaking: Set<String>

    init(_ result: RunResult, activity: RunActivity? = nil) {
        self.result = result
        self.activity = activity
        let leaks = Dictionary(grouping: result.leaks, by: \.resource.cell)
        leaking = Set(leaks.keys)
        var cells = result.cells.map { Self.completed($0, leaks: leaks[$0.name] ?? []) }
        let known = Set(cells.map(\.name))
        var problems = result.leaks.filter { !known.contains($0.resource.cell) }.map { Self.leaked($0, at: result.finished) }
        problems += result.warnings.filter { $0.severity == .error }.map { Self.failed(result, because: $0.description) }
        if result.exitStatus != .passed, problems.isEmpty, !Self.hasProblem(cells, leaking: leaking) {
            if !Self.promote(&cells, of: result) { problems.append(Self.failed(result, because: result.exitStatus.sentence)) }
        }
        self.cells = cells
        self.problems = problems
    }

    /// Whether a case changes the exit status: a problem, unless its cell is experimental and nothing is left behind.
    func counts(_ test: CaseResult, in cell: CellResult) -> Bool {
        Self.counts(test, in: cell, leaking: leaking)
    }

    private static func counts(_ test: CaseResult, in cell: CellResult, leaking: Set<String>) -> Bool {
        test.outcome.isProblem && (!cell.experimental || test.phase == .destroy && leaking.contains(cell.name))
    }

    private static func hasProblem(_ cells: [CellResult], leaking: Set<String>) -> Bool {
        cells.contains { cell in cell.cases.contains { counts($0, in: cell, leaking: leaking) } }
    }

    private static func completed(_ cell: CellResult, leaks: [Leak]) -> CellResult {
        var cell = cell
        for leak in leaks { mark(leak, in: &cell) }
        if !leaks.isEmpty && !cell.outcome.isProblem { cell.outcome = .error }
        if cell.outcome == .interrupted { interrupt(&cell) }
        let isExplained = !cell.outcome.isProblem || cell.cases.contains { $0.outcome.isProblem }
        if cell.cases.isEmpty || !isExplained { cell.cases.append(summary(of: cell)) }
        return cell
    }

    /// If a cell was interrupted between two steps, the next step becomes the interrupted case.
    private static func interrupt(_ cell: inout CellResult) {
        guard !cell.cases.contains(where: \.outcome.isProblem) else { return }
        guard let next = cell.cases.firstIndex(where: { $0.outcome == .skipped && $0.message?.hasPrefix("not run") == true }) else {
            return
        }
        cell.cases[next].outcome = .interrupted
        cell.cases[next].type = ProblemType.interrupted.rawValue
    }

    private static func mark(_ leak: Leak, in cell: inout CellResult) {
        let destroys = cell.cases.indices.filter { cell.cases[$0].phase == .destroy }
        let index = destroys.first { cell.cases[$0].host == leak.resource.host } ?? destroys.first
        let error = leaked(leak, at: cell.finished)
        guard let index else { return cell.cases.append(error) }
        guard !cell.cases[index].outcome.isProblem else { return }
        cell.cases[index].outcome = .error
        cell.cases[index].message = error.message
        cell.cases[index].detail = error.detail
        cell.cases[index].type = error.type
    }

    private static func leaked(_ leak: Leak, at time: Timestamp) -> CaseResult {
        let resource = leak.resource
        return CaseResult(
            phase: .destroy, step: "destroy", name: "nothing is left behind", outcome: .error, started: time, seconds: 0,
            message: "\(resource.kind) \(resource.name) may be left behind on \(resource.platform)",
            detail: "\(leak.what): \(leak.reason)\nremove it with: \(leak.command)",
            type: ProblemType.leak.rawValue, host: resource.host)
    }

    /// A cell without a case for its outcome gets one, from its last bad phase.
    private static func summary(of cell: CellResult) -> CaseResult {
        let phase = cell.phases.last { $0.outcome == cell.outcome }
        let name = phase?.phase ?? .create
        return CaseResult(
            phase: name, step: name.rawValue, name: "\(name.rawValue) ends", outcome: cell.outcome, started: phase?.started ?? cell.started,
            seconds: 0,
            message: phase?.message ?? (cell.outcome == .passed ? nil : "the cell ended as \(cell.outcome.rawValue) without a reason"),
            type: ProblemFamily.outcome.type(name.rawValue, cell.outcome.rawValue))
    }

    /// Turns what prevented every cell's verdict into errors: such a run has not passed.
    private static func promote(_ cells: inout [CellResult], of result: RunResult) -> Bool {
        var found = false
        for index in cells.indices {
            let cases = cells[index].cases
            guard
                let bad = cases.firstIndex(where: { $0.outcome.isProblem })
                    ?? cases.firstIndex(where: { $0.phase == .create && $0.outcome == .skipped })
            else { continue }
            cells[index].experimental = false
            if cases[bad].outcome == .skipped {
                cells[index].cases[bad].outcome = result.interrupted ? .interrupted : .error
                cells[index].outcome = cells[index].cases[bad].outcome
                cells[index].cases[bad].type = (result.interrupted ? ProblemType.interrupted : .createUnavailable).rawValue
            }
            found = true
        }
        return found
    }

    private static func failed(_ result: RunResult, because reason: String) -> CaseResult {
        let type: ProblemType = result.interrupted ? .interrupted : result.unfinished == true ? .unfinished : .runFailed
        return CaseResult(
            phase: .create, step: "run", name: "the run ends well", outcome: result.interrupted ? .interrupted : .error,
            started: result.started,
            seconds: 0, message: reason, type: type.rawValue)
    }
}
