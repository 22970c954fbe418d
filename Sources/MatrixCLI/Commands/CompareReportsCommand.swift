import ArgumentParser
import MatrixCore
import MatrixReports

/// `matrix report compare RUN RUN`.
struct CompareReportsCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "compare", abstract: "Show what is new and what is fixed between two runs.",
        discussion: "Exit status: 0 no new problem, 1 a new problem."
    ).showing([
        "an older run with the newest": "matrix report compare 261128-125516-mbr4 latest"
    ])

    @Argument(
        help: ArgumentHelp("The earlier run: its id, or a folder that holds results.json.", valueName: "run"), completion: Complete.reports)
    var before: String

    @Argument(help: ArgumentHelp("The later run.", valueName: "run"), completion: Complete.reports)
    var now: String = "latest"

    @Option(help: ArgumentHelp("Where reports are (default: reports in the project).", valueName: "dir"), completion: Complete.folder)
    var reports: String?

    @Option(help: "table or json.")
    var format: OutputFormat = .table

    func run() async throws {
        let root = ReportsFolder.here(reports)
        let earlier = try ResultsFile.read(try root.find(before))
        let later = try ResultsFile.read(try root.find(now))
        guard earlier.matrix == later.matrix else {
            throw UsageError("\(before) is a run of \(earlier.matrix), \(now) one of \(later.matrix)", hint: "name two runs of one matrix")
        }
        let comparison = RunComparison(later, since: PastRun(earlier))
        Terminal.output(
            format == .json ? try Terminal.json(comparison) : ComparisonText(comparison: comparison).text)
        if !comparison.new.isEmpty { throw ExitCode(.failed) }
    }
}
