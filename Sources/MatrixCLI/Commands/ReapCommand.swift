import ArgumentParser
import MatrixCore
import MatrixEngine
import MatrixLedger

/// `matrix reap`.
struct ReapCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "reap", abstract: "Take back what runs left behind.",
        discussion: """
            Shows what would be taken; with --yes takes it. That is what the ledger lists of runs whose process is gone, and what has \
            expired. With FILE the file's platforms are asked too for what carries our tag and has expired, or belongs to --run: that \
            works from another machine. A kept cell that has not expired goes only by name: matrix destroy.
            """)

    @Argument(help: "A matrix file whose platforms are asked as well.")
    var file: String?

    @OptionGroup var state: StateOptions

    @Option(help: ArgumentHelp("Only of this platform.", valueName: "name"))
    var platform: String?

    @Option(help: ArgumentHelp("Only what is older, such as 4h.", valueName: "duration"))
    var olderThan: String?

    @Option(name: .customLong("run"), help: ArgumentHelp("Only of this run.", valueName: "id"))
    var runID: String?

    @Flag(help: "Only say what would be taken, as without --yes.")
    var dryRun = false

    @Flag(help: "Take it.")
    var yes = false

    func validate() throws {
        if let olderThan, Duration(text: olderThan) == nil { throw ValidationError("--older-than takes a duration such as 4h, not '\(olderThan)'") }
        if dryRun, yes { throw ValidationError("--dry-run only looks, and --yes takes: give one of them") }
    }

    func run() async throws {
        let project = file.map { Paths.project(above: Paths.absolute("\(Paths.absolute($0))/..")) }
        let folder = try StateFolder(project.map { state.folder(project: $0) } ?? state.folder())
        let redactor = Terminal.redactor
        let reaper = Reaping(state: folder, redactor: redactor).reaper
        let platforms = try await platforms(folder, redactor)
        let findings = try await reaper.find(filter, on: platforms)
        for problem in findings.problems { Terminal.problem(problem) }
        guard !findings.isEmpty else { return try end(findings, "nothing is left behind") }
        show(findings)
        guard yes else { return try end(findings, "nothing was taken; take it back by saying the same with --yes") }
        if findings.leases.contains(where: \.resource.id.isEmpty) {
            Terminal.error("some creates may still be under way: what is not there yet is asked for again")
        }
        try finish(await reaper.take(findings))
        if !findings.problems.isEmpty { throw ExitCode(.infrastructure) }
    }

    private var filter: ReapFilter {
        ReapFilter(
            run: runID.map { RunID($0) }, platform: platform, olderThan: olderThan.flatMap { Duration(text: $0) }, machine: Owner.current().machine)
    }

    private func platforms(_ folder: StateFolder, _ redactor: Redactor) async throws -> [String: any Platform] {
        guard let file else { return [:] }
        return try await PlatformMaker(folder, redactor: redactor).make(try MatrixSource.load(file), access: nil)
    }

    private func show(_ findings: Reaper.Findings) {
        for record in findings.runs { Terminal.output("run \(record.run) of \(record.file), which was ended without its teardown") }
        for lease in findings.leases { Terminal.output(line(lease.resource, lease.state.rawValue)) }
        for item in findings.tagged { Terminal.output(line(item.resource, "by its tag, of run \(item.resource.run)")) }
    }

    private func line(_ resource: Resource, _ note: String) -> String {
        let id = resource.id.isEmpty ? "" : " (id \(resource.id))"
        let expires = resource.expires.map { $0 <= .now ? ", expired \($0)" : ", expires \($0)" } ?? ""
        return "\(resource.kind) \(resource.name)\(id) on \(resource.platform): \(note)\(expires)"
    }

    /// Ends without having taken anything; a platform that could not be asked is an infrastructure error.
    private func end(_ findings: Reaper.Findings, _ words: String) throws {
        guard findings.problems.isEmpty else { throw ExitCode(.infrastructure) }
        if findings.isEmpty { Terminal.output(words) } else { Terminal.error(words) }
    }
}

/// Prints what became of resources; ends with status 4 where one may be left.
func finish(_ outcomes: [Reaper.Outcome]) throws {
    for outcome in outcomes { Terminal.output(outcome.line) }
    if outcomes.contains(where: { $0.problem != nil }) { throw ExitCode(.leaked) }
}
