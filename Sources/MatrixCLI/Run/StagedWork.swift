import ArgumentParser
import MatrixCore
import MatrixEngine
import MatrixFile

/// One phase of cells that stay up: what `matrix create`, `provision`, `deploy` and `verify` do.
struct StagedWork {
    let options: StageOptions

    private var path: String { Paths.absolute(options.file) }
    private var project: String { Paths.project(of: options.file) }
    private var selection: Selection { options.selection.selection }

    /// Creates the selected cells that are not up yet.
    func create() async throws {
        var plan = try MatrixSource.load(options.file, selection)
        let up = try await KeptCell.all(of: path, in: try folder())
        for cell in plan.cells where up.contains(where: { $0.name == cell.name }) { Terminal.error("\(cell.name) is up already") }
        plan.keepOnly { cell in !up.contains { $0.name == cell.name } }
        guard !plan.cells.isEmpty else { return Terminal.output("nothing to create") }
        var session = try await session(of: plan, command: "create", continuing: nil)
        session.options.starts = Dictionary(plan.cells.map { ($0.name, CellStart(phases: [.create], command: "matrix create")) }) {
            first, _ in first
        }
        throw ExitCode(try await finish(session))
    }

    /// Runs a phase on the selected cells that are up.
    func run(_ phase: Phase) async throws {
        let folder = try folder()
        let kept = try await KeptCell.all(of: path, in: folder)
        // Reports a wrong file or selection even if no cell is up.
        let wanted = Set(try MatrixSource.load(options.file, selection).cells.map(\.name))
        let cells = kept.filter { wanted.contains($0.name) }
        guard !cells.isEmpty else { throw nothingIsUp(kept) }
        var statuses: [ExitStatus] = []
        for (run, group) in Dictionary(grouping: cells, by: \.run).sorted(by: { $0.key.value < $1.key.value }) {
            statuses.append(try await work(phase, on: Set(group.map(\.name)), of: run, in: folder))
        }
        throw ExitCode(ExitStatus.worst(of: statuses))
    }

    private func folder() throws -> StateFolder { try StateFolder(options.state.folder(project: project)) }

    private func nothingIsUp(_ kept: [KeptCell]) -> UsageError {
        let names = selection.cells.map { " --cell \(ShellQuoting.quote($0))" }.joined()
        let others = kept.isEmpty ? "" : "; these are up: \(kept.map(\.name).sorted().joined(separator: ", "))"
        return UsageError(
            "no selected cell of \(options.file) is up\(others)",
            hint: "create it with: matrix create \(ShellQuoting.quote(options.file))\(names)")
    }

    private func work(_ phase: Phase, on cells: Set<String>, of run: RunID, in folder: StateFolder) async throws -> ExitStatus {
        guard let record = try await folder.ledger.run(run) else {
            throw UsageError("the ledger knows no run \(run)", hint: "see matrix status --live")
        }
        let plan = try plan(as: record, cells: cells)
        let reports = ReportsFolder(options.reports, project: project).path(for: run, command: phase.rawValue)
        let continuing = ResumedRun(record: record, reports: reports, isWhole: false)
        var session = try await session(of: plan, command: phase.rawValue, continuing: continuing)
        do {
            // From here on this process owns the run, and no other process changes what is up.
            session.options.starts = try await starts(phase, plan, of: run, in: folder)
        } catch {
            try? await folder.ledger.end(run, exitStatus: record.exitStatus ?? .infrastructure)
            throw error
        }
        return try await finish(session)
    }

    /// The plan with the options with which the run was started, then those of this command line.
    private func plan(as record: RunRecord, cells: Set<String>) throws -> Plan {
        var merged = selection
        let recorded = Selection(recorded: record.arguments)
        merged.settings = recorded.settings + selection.settings
        if merged.tags.isEmpty { merged.tags = recorded.tags }
        var plan = try MatrixSource.load(options.file, merged)
        plan.keepOnly { cells.contains($0.name) }
        guard !plan.cells.isEmpty else {
            throw UsageError(
                "\(options.file) no longer has any of \(cells.sorted().joined(separator: ", "))",
                hint: "destroy them with: matrix destroy \(ShellQuoting.quote(options.file))")
        }
        return plan
    }

    private func starts(_ phase: Phase, _ plan: Plan, of run: RunID, in folder: StateFolder) async throws -> [String: CellStart] {
        let leases = try await folder.ledger.open().filter { $0.resource.run == run && $0.state == .kept }
        let progress = try await folder.ledger.progress(of: run)
        var starts: [String: CellStart] = [:]
        for cell in plan.cells {
            let own = leases.filter { $0.resource.cell == cell.name }
            guard !own.isEmpty else { throw UsageError("another process has destroyed cell \(cell.name)") }
            let start = CellStart.of(phase, leases: own, past: progress[cell.name] ?? [])
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
            keep: .always, failFast: false, reports: options.reports, state: options.state, selection: selection, command: command)
        return try await RunSession(
            plan, arguments: arguments, continuing: continuing, progress: progress.sink, redactor: Terminal.redactor)
    }

    private let progress: ProgressDisplay

    init(options: StageOptions) {
        self.options = options
        progress = options.progress.display
    }

    private func finish(_ session: RunSession) async throws -> ExitStatus {
        try await SessionRunner(session: session, progress: progress, format: options.progress.format).run()
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
}
