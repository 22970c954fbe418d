import ArgumentParser
import MatrixCore
import MatrixEngine
import MatrixFile

/// One phase of cells that stay up: what `matrix create`, `provision`, `deploy` and `verify` do.
struct StagedWork {
    /// The matrix file.
    let file: String
    let selection: Selection
    let state: StateOptions
    let reports: String?
    let progress: ProgressOptions
    private let display: ProgressDisplay

    init(file: String, selection: Selection, state: StateOptions, reports: String?, progress: ProgressOptions) {
        self.file = file
        self.selection = selection
        self.state = state
        self.reports = reports
        self.progress = progress
        display = progress.display
    }

    init(options: StageOptions) {
        self.init(
            file: options.file, selection: options.selection.selection, state: options.state, reports: options.reports,
            progress: options.progress)
    }

    private var path: String { Paths.absolute(file) }
    private var project: String { Paths.project(of: file) }

    /// Creates the selected cells that are not up yet.
    func create() async throws {
        var plan = try MatrixSource.load(file, selection)
        let up = try await KeptCell.all(of: path, in: try folder())
        for cell in plan.cells where up.contains(where: { $0.name == cell.name }) { Terminal.error("\(cell.name) is up already") }
        plan.keepOnly { cell in !up.contains { $0.name == cell.name } }
        guard !plan.cells.isEmpty else { return Terminal.output("nothing to create") }
        var session = try await session(of: plan, command: "create", continuing: nil)
        session.options.starts = Dictionary(plan.cells.map { ($0.name, CellStart(phases: [.create], command: "matrix create")) }) {
            first, _ in first
        }
        throw ExitCode(try await finish(session).exitStatus)
    }

    /// Runs a phase on the selected cells that are up.
    func run(_ phase: Phase) async throws {
        let results = try await results(of: phase) { CellStart.of(phase, leases: $0, past: $1) }
        throw ExitCode(ExitStatus.worst(of: results.map(\.exitStatus)))
    }

    /// Deploys and verifies the cells that are up, after a change.
    ///
    /// - Parameter step: the deploy step to begin with; nil for the first.
    /// - Throws: `UsageError` if a cell has no such step.
    func again(from step: String?) async throws -> [RunResult] {
        try await results(of: .deploy, from: step) {
            CellStart.changed(leases: $0, past: $1, command: "matrix run --watch")
        }
    }

    private func results(
        of phase: Phase, from step: String? = nil, starting start: ([Lease], [PhaseRecord]) -> CellStart
    ) async throws -> [RunResult] {
        let folder = try folder()
        let kept = try await KeptCell.all(of: path, in: folder)
        // Reports a wrong file or selection even if no cell is up.
        let wanted = Set(try MatrixSource.load(file, selection).cells.map(\.name))
        let cells = kept.filter { wanted.contains($0.name) }
        guard !cells.isEmpty else { throw nothingIsUp(kept) }
        var results: [RunResult] = []
        for (run, group) in Dictionary(grouping: cells, by: \.run).sorted(by: { $0.key.value < $1.key.value }) {
            guard let record = try await folder.ledger.run(run) else {
                throw UsageError("the ledger knows no run \(run)", hint: "see matrix status --live")
            }
            var plan = try plan(as: record, cells: Set(group.map(\.name)))
            if let step { plan = try plan.beginning(at: step) }
            let session = try await session(of: plan, phase, as: record, in: folder, starting: start)
            results.append(try await finish(session))
        }
        return results
    }

    private func folder() throws -> StateFolder { try StateFolder(state.folder(project: project)) }

    private func nothingIsUp(_ kept: [KeptCell]) -> UsageError {
        let names = selection.cells.map { " --cell \(ShellQuoting.quote($0))" }.joined()
        let others = kept.isEmpty ? "" : "; these are up: \(kept.map(\.name).sorted().joined(separator: ", "))"
        return UsageError(
            "no selected cell of \(file) is up\(others)",
            hint: "create it with: matrix create \(ShellQuoting.quote(file))\(names)")
    }

    private func session(
        of plan: Plan, _ phase: Phase, as record: RunRecord, in folder: StateFolder, starting start: ([Lease], [PhaseRecord]) -> CellStart
    ) async throws -> RunSession {
        let reports = ReportsFolder(self.reports, project: project).path(for: record.run, command: phase.rawValue)
        let continuing = ResumedRun(record: record, reports: reports, isWhole: false)
        var session = try await session(of: plan, command: phase.rawValue, continuing: continuing)
        do {
            // From here on this process owns the run, and no other process changes what is up.
            session.options.starts = try await starts(phase, plan, of: record.run, in: folder, start)
        } catch {
            try? await folder.ledger.end(record.run, exitStatus: record.exitStatus ?? .infrastructure)
            throw error
        }
        return session
    }

    /// The plan with the options with which the run was started, then those of this command line.
    private func plan(as record: RunRecord, cells: Set<String>) throws -> Plan {
        var merged = selection
        let recorded = Selection(recorded: record.arguments)
        merged.settings = recorded.settings + selection.settings
        if merged.tags.isEmpty { merged.tags = recorded.tags }
        var plan = try MatrixSource.load(file, merged)
        plan.keepOnly { cells.contains($0.name) }
        guard !plan.cells.isEmpty else {
            throw UsageError(
                "\(file) no longer has any of \(cells.sorted().joined(separator: ", "))",
                hint: "destroy them with: matrix destroy \(ShellQuoting.quote(file))")
        }
        return plan
    }

    private func starts(
        _ phase: Phase, _ plan: Plan, of run: RunID, in folder: StateFolder, _ start: ([Lease], [PhaseRecord]) -> CellStart
    ) async throws -> [String: CellStart] {
        let leases = try await folder.ledger.open().filter { $0.resource.run == run && $0.state == .kept }
        let progress = try await folder.ledger.progress(of: run)
        var starts: [String: CellStart] = [:]
        for cell in plan.cells {
            let own = leases.filter { $0.resource.cell == cell.name }
            guard !own.isEmpty else { throw UsageError("another process has destroyed cell \(cell.name)") }
            let start = start(own, progress[cell.name] ?? [])
            for earlier in start.phases.filter({ $0.order < phase.order }).sorted(by: { $0.order < $1.order }) {
                Terminal.error("\(cell.name): \(earlier.rawValue) comes first: it was not done yet")
            }
            starts[cell.name] = start
        }
        return starts
    }

    private func session(of plan: Plan, command: String, continuing: ResumedRun?) async throws -> RunSession {
        for warning in plan.warnings { Terminal.error(warning.description) }
        let arguments = RunArguments(
            keep: .always, failFast: false, reports: reports, state: state, selection: selection, command: command)
        return try await RunSession(
            plan, arguments: arguments, continuing: continuing, progress: display.sink, redactor: Terminal.redactor)
    }

    private func finish(_ session: RunSession) async throws -> RunResult {
        try await SessionRunner(session: session, progress: display, format: progress.format).result()
    }
}

extension Plan {
    /// Leaves out the other cells; they count as not selected. A platform without a cell is no longer said to be left out.
    mutating func keepOnly(_ isWanted: (CellPlan) -> Bool) {
        let shown = Set(absenceWarnings)
        notSelected += cells.filter { !isWanted($0) }.map(\.name)
        cells.removeAll { !isWanted($0) }
        absent = absent.filter { name, _ in cells.contains { $0.platform == name } }
        warnings = warnings.filter { !shown.contains($0) } + absenceWarnings
    }

    /// The plan without the deploy steps before the one of this name: they are skipped.
    ///
    /// - Throws: `UsageError` if no cell has it.
    func beginning(at step: String) throws -> Plan {
        var plan = self
        let names = cells.flatMap { $0.deploy.map(\.name) }.unique
        guard names.contains(step) else {
            throw UsageError("no cell has a deploy step '\(step)'", hint: "the steps are \(names.joined(separator: ", "))")
        }
        for cell in plan.cells.indices {
            for index in plan.cells[cell].deploy.indices.prefix(while: { plan.cells[cell].deploy[$0].name != step }) {
                plan.cells[cell].deploy[index].skipped = "before --from \(step)"
            }
        }
        return plan
    }
}
