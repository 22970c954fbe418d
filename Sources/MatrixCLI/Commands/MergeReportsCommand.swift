import ArgumentParser
import MatrixCore
import MatrixReports

/// `matrix report merge DIR…`.
struct MergeReportsCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "merge", abstract: "Merge the reports of shards into one.",
        discussion: """
            Each DIR is a shard's report, or a folder that contains such folders. The cells of a missing shard are errors of the merged \
            result. Exits with the status that a run of the whole matrix would have had.
            """
    ).showing([
        "all reports below a folder": "matrix report merge shards"
    ])

    @Argument(help: ArgumentHelp("Folders of the shards' reports.", valueName: "dir"), completion: Complete.folder)
    var folders: [String]

    @Option(
        help: ArgumentHelp("Where the merged report goes (default: reports in the project).", valueName: "dir"), completion: Complete.folder
    )
    var reports: String?

    @Option(help: "table or json.")
    var format: OutputFormat = .table

    func run() async throws {
        let found = folders.flatMap(ReportsFolder.results)
        let merge = try ShardMerge(found.map { ShardMerge.Part(folder: $0, result: try ResultsFile.read($0)) })
        for index in merge.missing { Terminal.error("warning: shard \(index) has no report: its cells are errors") }
        let root = ReportsFolder.here(reports)
        var result = merge.result(as: RunID.make())
        result.past = Self.past(of: result, in: root)
        let folder = try root.make(for: result.run)
        for part in found { try ReportsFolder.copyArtifacts(from: part, to: folder) }
        let written = ReportWriter().write(&result, into: folder)
        if let problem = written.pointLatest() { Terminal.error("warning: \(problem)") }
        let index = ReportsIndex(folder: root)
        do { try index.write(index.lines()) } catch { Terminal.error("warning: \(error)") }
        Terminal.output(try written.text(of: result, asJSON: format == .json))
        if merge.hasAfter { await runAfter(result, in: folder) }
        throw ExitCode(result.exitStatus)
    }

    /// Runs what the matrix file names under `after:`, which no shard has run.
    private func runAfter(_ result: RunResult, in folder: String) async {
        do {
            guard let after = try await AfterCommand.merging(result) else { return }
            await after.runToEnd(after: result, in: folder)
        } catch {
            Terminal.error("warning: after: of \(result.file) was not run: \(error)")
        }
    }

    /// Shards share no ledger: the history is in the newest merged report, if that report is of the same matrix.
    private static func past(of result: RunResult, in root: ReportsFolder) -> [PastRun]? {
        guard let folder = try? root.find("latest"), let last = try? ResultsFile.read(folder), last.matrix == result.matrix,
            last.shard == nil
        else { return nil }
        return ([PastRun(last)] + (last.past ?? []).prefix(RunSession.pastRuns - 1)).withProblemsOfOne
    }
}
