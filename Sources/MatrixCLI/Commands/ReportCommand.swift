import ArgumentParser
import MatrixCore
import MatrixReports

/// `matrix report RUN`.
struct ReportCommand: ParsableCommand {
    static let configuration = CommandConfiguration(commandName: "report", abstract: "Render the reports of a finished run again.")

    @Argument(help: ArgumentHelp("A run's id, latest, or a folder that holds results.json.", valueName: "run"))
    var name: String = "latest"

    @Option(help: ArgumentHelp("Where reports are (default: reports in the project).", valueName: "dir"))
    var reports: String?

    func run() throws {
        let folder = try ReportsFolder(reports, project: Paths.project(above: Paths.absolute("."))).find(name)
        let result = try ResultsFile.read(folder)
        for reporter in ReportCatalogue.all() {
            for file in try reporter.write(result, into: folder) { Terminal.output("\(folder)/\(file)") }
        }
    }
}
