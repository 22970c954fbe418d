import ArgumentParser
import MatrixCore
import MatrixEngine
import MatrixFile
import MatrixReports
import MatrixSimulation

/// `matrix run FILE`.
struct RunCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "run", abstract: "Run a matrix: create, provision, deploy, verify, report, destroy everything.",
        discussion: """
            Exit status: 0 every verdict passed; 1 a deploy or verify verdict failed; 2 the command line or the matrix file is wrong \
            (nothing was created); 3 an infrastructure problem prevented a verdict; 4 a resource may be left behind; 129/130/143 \
            interrupted (SIGHUP/SIGINT/SIGTERM), cleaned up.
            """)

    @Argument(help: "The matrix file.")
    var file: String

    @OptionGroup var selection: SelectionOptions
    @OptionGroup var state: StateOptions

    @Option(
        help: ArgumentHelp("Which cells stay up after the run: never, failed or always (default: the file's).", valueName: "which"),
        transform: Self.keep)
    var keep: Keep?

    @Option(help: ArgumentHelp("The most cells at once.", valueName: "n"), transform: Self.parallel)
    var parallel: Int?

    @Flag(help: "Stop all cells as soon as one does not pass.")
    var failFast = false

    @Flag(help: "Only the cells that did not pass in the newest report of this matrix.")
    var onlyFailed = false

    @Option(help: ArgumentHelp("Where reports go (default: reports in the project).", valueName: "dir"))
    var reports: String?

    @Flag(help: "Rehearse: nothing outside is touched; times come from the history.")
    var simulate = false

    @Option(help: ArgumentHelp("Rehearse with the times and faults of this file.", valueName: "file"))
    var scenario: String?

    @Flag(
        help: """
            Put debug.log and requests.ndjson (each request to a platform's API with its answer, redacted) into the report, for matrix \
            doctor --bundle.
            """)
    var record = false

    @Flag(help: "Go on if the terminal is closed (SIGHUP), as under nohup.")
    var detach = false

    @OptionGroup var progress: ProgressOptions

    static func keep(_ text: String) throws -> Keep {
        guard let keep = Keep(rawValue: text) else { throw ValidationError("--keep needs never, failed or always, not '\(text)'") }
        return keep
    }

    static func parallel(_ text: String) throws -> Int {
        guard let count = Int(text), count >= 1 else { throw ValidationError("--parallel needs a number from 1, not '\(text)'") }
        return count
    }

    func run() async throws {
        if detach { SignalWatch.ignoreHangUp() }
        let selection = try chosen()
        // A rehearsal touches nothing outside: it needs no secret and no account.
        let plan = try MatrixSource.load(file, selection, isOffline: simulate || scenario != nil)
        for warning in plan.warnings { Terminal.error(warning.description) }
        if let sample = plan.sample { Terminal.error("sample: \(sample.description)") }
        let display = progress.display
        let arguments = RunArguments(
            keep: keep, parallel: parallel, failFast: failFast, reports: reports, state: state, selection: selection, record: record)
        let session: any Session =
            if let scenario = try loadScenario() {
                try await Rehearsal(plan, scenario: scenario, arguments: arguments, progress: display.sink, redactor: Terminal.redactor)
            } else {
                try await RunSession(plan, arguments: arguments, progress: display.sink, redactor: Terminal.redactor)
            }
        throw ExitCode(try await SessionRunner(session: session, progress: display, format: progress.format).run())
    }

    private func loadScenario() throws -> Scenario? {
        guard let scenario else { return simulate ? Scenario() : nil }
        return try Scenario(DocumentLoader().load(scenario, as: Scenario.shape))
    }

    /// What the options select. `--only-failed` becomes the names of the cells, so that `resume` selects the same.
    private func chosen() throws -> Selection {
        guard onlyFailed else { return selection.selection }
        let folder = try ReportsFolder(reports, project: Paths.project(of: file)).find("latest")
        let last = try ResultsFile.read(folder)
        guard Paths.absolute(last.file) == Paths.absolute(file) else {
            throw UsageError("the newest report is of \(last.file), not of \(file)", hint: "name the cells with --cell")
        }
        let failed = last.cells.filter { ![.passed, .skipped].contains($0.outcome) }.map(\.name)
        guard !failed.isEmpty else {
            throw UsageError("no cell failed in run \(last.run)", hint: "to run all cells, leave out --only-failed")
        }
        var selection = selection.selection
        selection.cells = failed
        return selection
    }
}
