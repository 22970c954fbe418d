import ArgumentParser

/// `matrix report`.
struct ReportCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "report", abstract: "Render the reports of a run again, merge those of shards, compare two runs.",
        subcommands: [RenderReportCommand.self, MergeReportsCommand.self, CompareReportsCommand.self],
        defaultSubcommand: RenderReportCommand.self)
}
