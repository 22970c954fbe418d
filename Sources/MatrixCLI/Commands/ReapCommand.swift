import ArgumentParser
import Foundation
import MatrixCore
import MatrixEngine
import MatrixLedger
import SystemPackage

/// `matrix reap`.
struct ReapCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "reap", abstract: "Take back what runs left behind.",
        discussion: """
            Takes what the ledger lists of runs whose process is gone, and what has expired. With FILE the file's platforms are asked too \
            for what carries our tag and has expired, or belongs to --run: that works from another machine. A kept cell that has not \
            expired goes only by name: matrix destroy.
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

    @Flag(help: "Only say what would be taken.")
    var dryRun = false

    @Flag(help: "Do not ask.")
    var yes = false

    func validate() throws {
        if let olderThan, Duration(text: olderThan) == nil { throw ValidationError("--older-than takes a duration such as 4h, not '\(olderThan)'") }
    }

    func run() async throws {
        let project = file.map { Paths.project(above: Paths.absolute("\(Paths.absolute($0))/..")) }
        let folder = try StateFolder(project.map { state.folder(project: $0) } ?? state.folder())
        let redactor = Redactor()
        let leases = try await folder.ledger.open().filter(isWanted)
        let tagged = try await tagged(in: folder, redactor, except: try await folder.ledger.open())
        let unfinished = try await folder.ledger.unfinishedRuns().filter(isWanted)
        guard !leases.isEmpty || !tagged.isEmpty || !unfinished.isEmpty else { return Terminal.output("nothing is left behind") }
        for record in unfinished { Terminal.output("run \(record.run) of \(record.file), which was ended without its teardown") }
        for lease in leases { Terminal.output("\(lease.resource.kind) \(lease.resource.name) on \(lease.resource.platform) (\(lease.state.rawValue))") }
        for item in tagged { Terminal.output("\(item.resource.kind) \(item.resource.name) on \(item.resource.platform) (by its tag)") }
        if dryRun { return }
        try confirm(leases.count + tagged.count + unfinished.count)
        let reaping = Reaping(state: folder, redactor: redactor)
        var outcomes = await reaping.remove(leases)
        if leases.contains(where: { $0.state == .intended }) {
            // A create whose run was killed a moment ago may still be at work.
            try await Task.sleep(for: .seconds(2))
        }
        outcomes += await reaping.close(unfinished)
        for item in tagged {
            let leak = await LeaseRelease(ledger: folder.ledger).remove(item.resource, on: item.platform, within: .seconds(300))
            outcomes.append(Reaping.Outcome(resource: item.resource, problem: leak.map { redactor.redact($0.why) }))
        }
        try finish(outcomes)
    }

    private func isWanted(_ lease: Lease) -> Bool {
        if Reaping.isKept(lease) || isInUse(lease) { return false }
        if let runID, lease.resource.run.value != runID { return false }
        if let platform, lease.resource.platform != platform { return false }
        return isOldEnough(lease.since)
    }

    /// What a living process works on is its own. Another machine's process cannot be seen from here: its things go when they
    /// have expired, or by name of their run.
    private func isInUse(_ lease: Lease) -> Bool {
        guard lease.isOwnerAlive else { return false }
        if lease.owner.machine == Owner.current().machine { return true }
        return runID == nil && lease.resource.expires.map { $0 > .now } ?? true
    }

    private func isWanted(_ record: RunRecord) -> Bool {
        if let runID, record.run.value != runID { return false }
        if let platform, record.platforms[platform] == nil { return false }
        return isOldEnough(record.started)
    }

    private func isOldEnough(_ since: Timestamp) -> Bool {
        guard let age = olderThan.flatMap({ Duration(text: $0) }) else { return true }
        return since + age <= .now
    }

    private struct Tagged {
        var resource: Resource
        var platform: any Platform
    }

    /// What a file's platforms hold of ours by tag alone: expired, or of the named run, and not on this ledger.
    private func tagged(in folder: StateFolder, _ redactor: Redactor, except known: [Lease]) async throws -> [Tagged] {
        guard let file else { return [] }
        let plan = try MatrixSource.load(file)
        let names = Set(known.map(\.resource.name))
        var found: [Tagged] = []
        let drivers = try await PlatformMaker(folder, redactor: redactor).make(plan, access: nil)
        for (name, driver) in drivers.sorted(by: { $0.key < $1.key }) {
            guard platform == nil || platform == name else { continue }
            found += try await driver.owned().filter { !names.contains($0.name) && isTakenByTag($0) }.map { Tagged(resource: $0, platform: driver) }
        }
        return found
    }

    private func isTakenByTag(_ resource: Resource) -> Bool {
        if let runID { return resource.run.value == runID }
        return resource.expires.map { $0 <= .now } ?? false
    }

    private func confirm(_ count: Int) throws {
        if yes { return }
        guard Terminal.isInteractive else { throw UsageError("\(count) resources would be taken", hint: "say --yes, or --dry-run to only look") }
        Terminal.write("take them back? [y/N] ", to: .standardError)
        guard let answer = readLine(), ["y", "yes"].contains(answer.lowercased()) else { throw ExitCode(0) }
    }
}
