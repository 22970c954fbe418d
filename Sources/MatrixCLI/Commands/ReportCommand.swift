import ArgumentParser

/// `matrix report`.
struct ReportCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "report", abstract: "Render the reports of a run again, merge those of shards, compare two runs.",
        subcommands: [RenderReportCommand.self, MergeReportsCommand.self, CompareReportsCommand.self],
        defaultSubcommand: RenderReportCommand.self
    ).showing([
        "show the newest page": "matrix report --open",
        "merge the reports of shards": "matrix report merge shards",
        "what is new": "matrix report compare 261128-125516-mbr4 latest",
    ])
}
