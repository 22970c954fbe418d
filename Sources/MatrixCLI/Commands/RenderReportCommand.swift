import ArgumentParser
import MatrixCore
import MatrixReports

/// `matrix report RUN`.
struct RenderReportCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "render", abstract: "Render the reports of a finished run again (the default)."
    ).showing([
        "show the newest page": "matrix report --open",
        "for a Jenkins that refuses more attributes": "matrix report latest --junit-profile strict",
    ])

    @Argument(
        help: ArgumentHelp("A run's id, latest, or a folder that holds results.json.", valueName: "run"), completion: Complete.reports)
    var name: String = "latest"

    @Option(help: ArgumentHelp("Where reports are (default: reports in the project).", valueName: "dir"), completion: Complete.folder)
    var reports: String?

    @Option(
        help: ArgumentHelp("The attributes of junit.xml: rich, or strict for those of Jenkins' schema only.", valueName: "profile"),
        completion: .list(["rich", "strict"]),
        transform: Self.profile)
    var junitProfile: JUnitProfile = .rich

    @Flag(help: "Open the page in a browser.")
    var open = false

    private static func profile(_ text: String) throws -> JUnitProfile {
        guard let profile = JUnitProfile(rawValue: text) else {
            throw ValidationError("--junit-profile needs rich or strict, not '\(text)'")
        }
        return profile
    }

    func run() async throws {
        let folder = try ReportsFolder.here(reports).find(name)
        let result = try ResultsFile.read(folder)
        var failure: (any Error)?
        for reporter in ReportCatalogue.all(junit: junitProfile) {
            do {
                for file in try reporter.write(result, into: folder) where !file.hasPrefix("cells/") {
                    Terminal.output("\(folder)/\(file)")
                }
            } catch {
                failure = failure ?? error
            }
        }
        if let failure { throw failure }
        if open { try await Browser.open("\(folder)/\(HTMLReporter.name)") }
    }
}
