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
            works from another machine. A kept cell that has not expired is never reaped: matrix destroy removes it by name.
            """)

    @Argument(help: "A matrix file whose platforms are also asked.")
    var file: String?

    @OptionGroup var state: StateOptions

    @Option(help: ArgumentHelp("Only resources of this platform.", valueName: "name"))
    var platform: String?

    @Option(help: ArgumentHelp("Only older resources, such as 4h.", valueName: "duration"))
    var olderThan: String?

    @Option(name: .customLong("run"), help: ArgumentHelp("Only resources of this run.", valueName: "id"))
    var runID: String?

    @Flag(help: "Only show what would be removed, as without --yes.")
    var dryRun = false

    @Flag(help: "Remove it.")
    var yes = false

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
        let findings = try await reaper.find(filter, on: platforms)
        for problem in findings.problems { Terminal.problem(problem) }
        guard !findings.isEmpty else { return try end(findings, "nothing is left behind") }
        show(findings)
        guard yes else { return try end(findings, "nothing was removed; remove it with the same command and --yes") }
        if findings.leases.contains(where: \.resource.id.isEmpty) {
            Terminal.error("some creates may still be in progress: reap waits for them and asks again")
        }
        try finish(await reaper.take(findings))
        if !findings.problems.isEmpty { throw ExitCode(.infrastructure) }
    }

    private var filter: ReapFilter {
        ReapFilter(
            run: runID.map { RunID($0) }, platform: platform, olderThan: olderThan.flatMap { Duration(text: $0) },
            machine: Owner.current().machine)
    }

    private func platforms(_ folder: StateFolder) async throws -> [String: any Platform] {
        guard let file else { return [:] }
        let plan = try MatrixSource.load(file)
        for (name, absent) in plan.absent.sorted(by: { $0.key < $1.key }) {
            Terminal.error("platform \(name) is not asked: \(absent.reason)")
        }
        return try await PlatformMaker(state: folder).make(plan, access: nil)
    }

    private func show(_ findings: Reaper.Findings) {
        for record in findings.runs { Terminal.output("run \(record.run) of \(record.file), which ended without cleanup") }
        for lease in findings.leases { Terminal.output(line(lease.resource, lease.state.rawValue)) }
        for item in findings.tagged { Terminal.output(line(item.resource, "by its tag, of run \(item.resource.run)")) }
    }

    private func line(_ resource: Resource, _ note: String) -> String {
        let id = resource.id.isEmpty ? "" : " (id \(resource.id))"
        let expires = resource.expires.map { $0 <= .now ? ", expired \($0)" : ", expires \($0)" } ?? ""
        return "\(resource.kind) \(resource.name)\(id) on \(resource.platform): \(note)\(expires)"
    }

    /// Ends with nothing removed. If a platform could not be asked, that is an infrastructure error.
    private func end(_ findings: Reaper.Findings, _ words: String) throws {
        guard findings.problems.isEmpty else { throw ExitCode(.infrastructure) }
        if findings.isEmpty { Terminal.output(words) } else { Terminal.error(words) }
    }
}

/// Prints what became of each resource; ends with status 4 if one may be left behind.
func finish(_ outcomes: [Reaper.Outcome]) throws {
    for outcome in outcomes { Terminal.output(StateHint.shared.added(to: outcome.line)) }
    if outcomes.contains(where: { $0.problem != nil }) { throw ExitCode(.leaked) }
}
