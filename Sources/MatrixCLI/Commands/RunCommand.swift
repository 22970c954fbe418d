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
            """
    ).showing([
        "every cell of the matrix": "matrix run matrices/site.yml",
        "some cells; those that fail stay up": "matrix run matrices/site.yml --where os=debian13 --keep failed",
        "what failed last time, and show the page": "matrix run matrices/site.yml --only-failed --open",
        "is it flaky?": "matrix run matrices/site.yml --cell debian12-podman --repeat 10",
        "a shell at the failure": "matrix run matrices/site.yml --cell debian12-podman --debug",
        "deploy again after each save": "matrix run matrices/site.yml --cell debian12-podman --watch roles",
        "rehearse, without touching anything": "matrix run matrices/site.yml --simulate",
    ])

    @Argument(help: ArgumentHelp("The matrix file (default: the only one of matrices/).", valueName: "file"), completion: Complete.yaml)
    private var named: String?

    @Argument(help: ArgumentHelp("With --watch: more files and folders whose change deploys again.", valueName: "path"))
    private var watched: [String] = []

    @OptionGroup var selection: SelectionOptions
    @OptionGroup var state: StateOptions

    @Option(
        help: ArgumentHelp("Which cells stay up after the run: never, failed or always (default: the file's).", valueName: "which"),
        completion: Complete.keep, transform: Self.keep)
    var keep: Keep?

    @Option(help: ArgumentHelp("The most cells at once.", valueName: "n"), transform: Self.parallel)
    var parallel: Int?

    @Flag(help: "Stop all cells as soon as one does not pass.")
    var failFast = false

    @Option(
        name: .customLong("repeat"),
        help: ArgumentHelp(
            "Run each cell N times, or until it does not pass, each time on new hosts; then show which verdicts changed.",
            valueName: "n|until-failure"),
        completion: .list([Repetition.untilFailureWord]), transform: Self.repetition)
    var repetition: Repetition?

    @Flag(help: "Only the cells that did not pass in the newest report of this matrix.")
    var onlyFailed = false

    @Option(help: ArgumentHelp("Where reports go (default: reports in the project).", valueName: "dir"), completion: Complete.folder)
    var reports: String?

    @Flag(help: "Rehearse: nothing outside is touched; times come from the history.")
    var simulate = false

    @Option(help: ArgumentHelp("Rehearse with the times and faults of this file.", valueName: "file"), completion: Complete.yaml)
    var scenario: String?

    @Flag(
        help: """
            Put debug.log and requests.ndjson (each request to a platform's API with its answer, redacted) into the report, for matrix \
            doctor --bundle.
            """)
    var record = false

    @Flag(
        inversion: .prefixedNo,
        help: "Open the page at the end, or do not (default: SOLTI_OPEN: never, failed or always; failed, if a person looks on).")
    var open: Bool?

    @Flag(help: "Serve the page of the run while it goes on, as matrix ui does.")
    var ui = false

    @Flag(
        help: """
            When a deploy step or a check fails, open a shell on the host before the cell is taken down, and ask whether to go again, go \
            on, skip, keep or tear down.
            """)
    var debug = false

    @Flag(
        help: """
            Keep the cells; deploy and verify again on the same hosts whenever the matrix file, a tree of its paths: or a PATH is saved; \
            Ctrl-C destroys them.
            """)
    var watch = false

    @Option(help: ArgumentHelp("With --watch: the deploy step to begin with after a save (default: the first).", valueName: "step"))
    var from: String?

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

    func validate() throws {
        if !watch, !watched.isEmpty { throw ValidationError("one matrix file, not \(watched.count + 1): more paths are for --watch") }
        if !watch, from != nil { throw ValidationError("--from is for --watch") }
        let loops = [(repetition != nil, "--repeat"), (debug, "--debug"), (watch, "--watch")].filter(\.0).map(\.1)
        if loops.count > 1 { throw ValidationError("\(loops.joined(separator: " and ")) exclude each other") }
        if debug || watch, simulate || scenario != nil { throw ValidationError("\(loops[0]) needs real hosts, not a rehearsal") }
        if ui, repetition != nil { throw ValidationError("--ui serves one run: with --repeat, start matrix ui beside it") }
    }

    private static func repetition(_ text: String) throws -> Repetition {
        guard let repetition = Repetition(text) else {
            throw ValidationError("--repeat needs a number from 1, or until-failure, not '\(text)'")
        }
        return repetition
    }

    func run() async throws {
        if debug, !Terminal.asks {
            throw UsageError("--debug needs a terminal", hint: "keep the cells that fail, and look at them later: --keep failed")
        }
        if detach { SignalWatch.ignoreHangUp() }
        let opening = try PageOpening(open)
        let file = try MatrixChoice.file(named, for: "matrix run")
        let selection = try chosen(of: file)
        // A rehearsal touches nothing outside: it needs no secret and no account.
        let plan = try MatrixSource.load(file, selection, isOffline: simulate || scenario != nil)
        for warning in plan.warnings { Terminal.error(warning.description) }
        if let sample = plan.sample { Terminal.error("sample: \(sample.description)") }
        let arguments = RunArguments(
            keep: keep, parallel: parallel, failFast: failFast, reports: reports, state: state, selection: selection, record: record)
        var work = RunWork(arguments: arguments, scenario: try loadScenario(), progress: progress)
        if ui { work.page = UIProcess.Choice(opens: open) }
        work.isQuiet = repetition != nil && progress.format == .json
        if debug { work.stop = FailureShell() }
        if watch {
            throw ExitCode(try await WatchedRun(file: file, work: work, watched: watched, from: from).run(plan))
        }
        if let repetition {
            let ending = try await RepeatedRun(work, repetition, keep: keep ?? plan.keep).run(plan)
            await opening.open(ending.reports, after: ending.status)
            throw ExitCode(ending.status)
        }
        let ending = try await work.run(plan)
        await opening.open(ending.reports, after: ending.result.exitStatus)
        throw ExitCode(ending.result.exitStatus)
    }

    private func loadScenario() throws -> Scenario? {
        guard let scenario else { return simulate ? Scenario() : nil }
        return try Scenario(DocumentLoader().load(scenario, as: Scenario.shape))
    }

    /// What the options select. `--only-failed` becomes the names of the cells, so that `resume` selects the same.
    private func chosen(of file: String) throws -> Selection {
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
