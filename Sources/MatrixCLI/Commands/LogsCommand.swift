import ArgumentParser
import MatrixCore
import MatrixLedger
import MatrixReports

/// `matrix logs CELL[:STEP]`.
struct LogsCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "logs", abstract: "Print the logs of a cell, also while it runs.",
        discussion: """
            The cell is of the newest report that has it; the beginning of its name, or a glob, is enough if it means one cell. The step \
            is a step's name, a phase, the name of a log, or a glob. Secrets are not in the logs.
            """
    ).showing([
        "all logs of a cell": "matrix logs debian12-podman",
        "one step, as it is written": "matrix logs debian12:site -f",
        "of an earlier run": "matrix logs debian12-podman:deploy --run 261128-124514-613w",
    ])

    @Argument(
        help: ArgumentHelp("The cell; after a colon, a step, a phase or the name of a log.", valueName: "cell[:step]"),
        completion: Complete.reportedCells)
    var target: String

    @Flag(name: .shortAndLong, help: "Go on with what is added, until the cell ends.")
    var follow = false

    @Option(
        name: .customLong("run"), help: ArgumentHelp("A run's id, latest, or a folder that holds results.json.", valueName: "run"),
        completion: Complete.reports)
    var named: String?

    @Option(help: ArgumentHelp("Where reports are (default: reports in the project).", valueName: "dir"), completion: Complete.folder)
    var reports: String?

    @OptionGroup var state: StateOptions

    func run() async throws {
        let parts = target.split(separator: ":", maxSplits: 1).map(String.init)
        guard let cell = parts.first else { throw UsageError("no cell is named", hint: "such as matrix logs debian12-podman") }
        let step = parts.count > 1 ? parts[1] : nil
        let logs = try CellLogs.find(cell, run: named, in: ReportsFolder.here(reports))
        let follower = LogFollower(logs, step: step)
        guard follow else {
            guard follower.step() else { throw Self.nothing(logs, step) }
            return
        }
        let result = try ResultsFile.read(logs.report)
        guard result.unfinished == true else {
            follower.step()
            return
        }
        let folder = "\(state.folder())/runs/\(result.run)"
        guard try await follower.follow(isAlive: { RunFile(in: folder)?.owner.isAlive }) else {
            throw InfrastructureError(
                "the logs of \(logs.cell) end here", why: "the process of run \(result.run) has died",
                next: "continue the run with: matrix resume \(result.run)", isTransient: false)
        }
    }

    private static func nothing(_ logs: CellLogs, _ step: String?) -> UsageError {
        let names = logs.all().map { String($0.name.dropLast(4)) }
        guard let step, !names.isEmpty else {
            return UsageError(
                "cell \(logs.cell) has no log in \(logs.report)", hint: "it has not begun, or was skipped: matrix report --open")
        }
        return UsageError("cell \(logs.cell) has no log of '\(step)' in \(logs.report)", hint: "it has \(names.joined(separator: ", "))")
    }
}
