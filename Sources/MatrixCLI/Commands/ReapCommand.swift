import ArgumentParser
import MatrixCore
import MatrixEngine
import MatrixLedger

/// `matrix reap`.
struct ReapCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "reap", abstract: "Show what runs left behind; with --yes remove it.",
        discussion: """
            Without --yes it only shows what would be removed: what the ledger lists of runs whose process is dead, and what has \
            expired. With FILE it also asks the file's platforms for what carries our tag and has expired, or belongs to --run; that \
            works from another machine. A run whose folder is here although the ledger lost it is shown, and removed only if --run \
            names it: it may have kept cells. A kept cell that has not expired is never reaped: matrix destroy removes it by name.
            """
    ).showing([
        "what would be removed": "matrix reap",
        "remove it": "matrix reap --yes",
        "what an old run left": "matrix reap --run 261128-125516-mbr4 --yes",
    ])

    @Argument(help: "A matrix file whose platforms are also asked.", completion: Complete.yaml)
    var file: String?

    @OptionGroup var state: StateOptions

    @Option(help: ArgumentHelp("Only resources of this platform.", valueName: "name"))
    var platform: String?

    @Option(help: ArgumentHelp("Only older resources, such as 4h.", valueName: "duration"))
    var olderThan: String?

    @Option(name: .customLong("run"), help: ArgumentHelp("Only resources of this run.", valueName: "id"), completion: Complete.runs)
    var runID: String?

    @Flag(help: "Only show what would be removed, as without --yes.")
    var dryRun = false

    @Flag(help: "Remove it.")
    var yes = false

    @Option(help: "table or json.")
    var format: OutputFormat = .table

    private var report: RemovalReport { RemovalReport(format: format) }

    func validate() throws {
        if let olderThan, Duration(text: olderThan) == nil {
            throw ValidationError("--older-than needs a duration such as 4h, not '\(olderThan)'")
        }
        if dryRun, yes { throw ValidationError("--dry-run only shows, and --yes removes: give one of them") }
    }

    func run() async throws {
        let folder = try StateFolder(state.folder(of: file))
        let reaper = Reaping(state: folder).reaper
        let platforms = try await platforms(folder)
        let strays = try await strays(in: folder)
        let findings = try await reaper.find(filter, on: platforms)
        for problem in findings.problems { Terminal.problem(problem) }
        for line in strays.compactMap(\.line) { if format == .json { Terminal.error(line) } else { Terminal.output(line) } }
        if format == .json, findings.isEmpty || !yes { try report.show(findings) }
        guard !findings.isEmpty else { return try end(findings, strays, "nothing is left behind") }
        if format == .table { show(findings) }
        guard yes else { return try end(findings, strays, "nothing was removed; remove it with the same command and --yes") }
        if findings.leases.contains(where: \.resource.id.isEmpty) {
            Terminal.error("some creates may still be in progress: reap waits for them and asks again")
        }
        try report.finish(await reaper.take(findings))
        try end(findings, strays, nil)
    }

    /// The runs that the ledger does not know and that stay so. With `--yes`, the one that `--run` names is put back on the ledger.
    private func strays(in folder: StateFolder) async throws -> [StrayRun] {
        let strays = yes ? try await Reaping(state: folder).tidy() : try await folder.strayRuns().filter { $0.line != nil }
        guard let runID else { return strays }
        guard let named = strays.first(where: { $0.run.value == runID }) else { return [] }
        guard yes else { return [named] }
        switch named.meaning {
        case .nothingLeft: return []
        case .lost(let record):
            Terminal.error("run \(named.run) is put back on the ledger: its platforms are asked for what carries its tag")
            try await folder.adopt(record)
            return []
        case .unknown:
            // Only the file's platforms can be asked for the run's tag; they are, if all of them are.
            guard let file, platform == nil, olderThan == nil else { return [named] }
            let record = RunRecord(
                run: named.run, matrix: "", file: Paths.absolute(file), started: named.run.began ?? .wall, owner: Owner.nobody,
                platforms: PlatformMaker.records(of: try MatrixSource.load(file)), reports: "")
            try await folder.adopt(record)
            return []
        }
    }

    private var filter: ReapFilter {
        ReapFilter(
            run: runID.map { RunID($0) }, platform: platform, olderThan: olderThan.flatMap { Duration(text: $0) },
            machine: Owner.current().machine)
    }

    private func platforms(_ folder: StateFolder) async throws -> [String: any Platform] {
        guard let file else { return [:] }
        return try await PlatformMaker(state: folder).make(asking: file, only: platform)
    }

    private func show(_ findings: Reaper.Findings) {
        for record in findings.runs { Terminal.output("run \(record.run) of \(record.file), which ended without cleanup") }
        for lease in findings.leases { Terminal.output(line(lease.resource, lease.state.rawValue)) }
        for item in findings.tagged { Terminal.output(line(item.resource, "by its tag, of run \(item.resource.run)")) }
    }

    private func line(_ resource: Resource, _ note: String) -> String {
        let id = resource.id.isEmpty ? "" : " (id \(resource.shortID))"
        let expires = resource.expires.map { ", \(Relative.expiry($0))" } ?? ""
        return "\(resource.kind) \(resource.name)\(id) on \(resource.platform): \(note)\(expires)"
    }

    /// Ends with status 3 if a platform could not be asked, with 4 if a run remains that may have left something.
    ///
    /// - Parameter words: say that nothing was removed; nil if something was.
    private func end(_ findings: Reaper.Findings, _ strays: [StrayRun], _ words: String?) throws {
        guard findings.problems.isEmpty else { throw ExitCode(.infrastructure) }
        if let words, !findings.isEmpty || format == .json {
            Terminal.error(words)
        } else if let words, strays.isEmpty {
            Terminal.output(words)
        }
        if yes, !strays.isEmpty { throw ExitCode(.leaked) }
    }
}
