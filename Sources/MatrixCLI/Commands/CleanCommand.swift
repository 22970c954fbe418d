import ArgumentParser
import Foundation
import MatrixCore
import MatrixRemote

/// `matrix clean`.
struct CleanCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "clean", abstract: "Remove old reports, images and caches of matrix.",
        discussion: """
            Without --reports, --images and --cache it only shows what each of them would remove. It never removes the newest report, nor \
            what a cell that is up or a run that goes on needs, nor anything that matrix did not make. Hosts and other resources of \
            platforms are not its business: see matrix reap and matrix destroy. Exit status: 0 done, 3 something could not be removed.
            """
    ).showing([
        "what there is": "matrix clean --older 0s",
        "reports and images older than a month": "matrix clean --reports --images --older 30d",
    ])

    @Flag(help: "Remove old reports of this project.")
    var reports = false

    @Flag(help: "Remove old images of matrix from Podman, if no container uses them.")
    var images = false

    @Flag(help: "Remove old files from the cache of this account: $XDG_CACHE_HOME/solti-matrix.")
    var cache = false

    @Option(
        help: ArgumentHelp("Only what is older (default: 7d).", valueName: "duration"), completion: .list(["1d", "7d", "30d"]),
        transform: Self.age)
    var older: Duration?

    @Flag(help: "Only show what would be removed.")
    var dryRun = false

    @Option(help: ArgumentHelp("The folder of reports (default: reports in the project).", valueName: "dir"), completion: Complete.folder)
    var folder: String?

    @OptionGroup var state: StateOptions

    @Option(help: "table or json.")
    var format: OutputFormat = .table

    private static func age(_ text: String) throws -> Duration {
        guard let age = Duration(text: text) else { throw ValidationError("--older needs a duration such as 7d, not '\(text)'") }
        return age
    }

    func run() async throws {
        let age = older ?? .seconds(7 * 86400)
        let isNamed = reports || images || cache
        let removes = isNamed && !dryRun
        let root = ReportsFolder.here(folder)
        let needed = try await neededRuns()
        var found: [Leftover] = []
        if reports || !isNamed {
            found += ReportLeftovers(retention: ReportRetention(folder: root, needed: needed)).find(olderThan: age)
        }
        let pictures = ImageLeftovers(runner: LocalTransport())
        if images { found += try await pictures.find(olderThan: age) }
        // To look at everything, Podman need not work.
        if !isNamed {
            do { found += try await pictures.find(olderThan: age) } catch { Terminal.error("warning: \(Terminal.shown("\(error)"))") }
        }
        if cache || !isNamed, let place = CacheFolder.root() {
            found += CacheLeftovers(folder: place).find(olderThan: age, isInUse: !needed.isEmpty)
        }
        let problems = removes ? await remove(&found, pictures) : []
        if removes, reports { try refreshIndex(of: root) }
        show(found, isRemoved: removes, isNamed: isNamed)
        for problem in problems { Terminal.problem(problem) }
        if !problems.isEmpty { throw ExitCode(.infrastructure) }
    }

    /// The runs that have something up, or go on; none if there is no state folder.
    private func neededRuns() async throws -> Set<RunID> {
        let path = state.folder()
        guard FileManager.default.fileExists(atPath: "\(path)/state.db") else { return [] }
        return try await ReportRetention.neededRuns(in: StateFolder(path))
    }

    /// Removes what can be removed, and notes beside the others why not.
    ///
    /// - Returns: what went wrong.
    private func remove(_ found: inout [Leftover], _ images: ImageLeftovers) async -> [String] {
        var problems: [String] = []
        for index in found.indices where found[index].obstacle == nil {
            do {
                if found[index].kind == .image {
                    try await images.remove(found[index].name)
                } else {
                    try FileManager.default.removeItem(atPath: found[index].name)
                }
            } catch let error as InfrastructureError {
                found[index].obstacle = "it could not be removed"
                problems.append("\(error)")
            } catch {
                found[index].obstacle = "it could not be removed"
                problems.append("\(found[index].name) was not removed: \(error.localizedDescription)")
            }
        }
        return problems
    }

    private func refreshIndex(of root: ReportsFolder) throws {
        guard FileManager.default.fileExists(atPath: root.root) else { return }
        let index = ReportsIndex(folder: root)
        try index.write(index.lines())
    }

    private func show(_ found: [Leftover], isRemoved: Bool, isNamed: Bool) {
        if format == .json {
            let values = Value.list(found.map { $0.value(isRemoved: isRemoved) })
            return Terminal.output((try? Terminal.json(values)) ?? "[]")
        }
        for item in found { Terminal.output(Terminal.shown(item.line(isRemoved: isRemoved))) }
        let free = found.filter { $0.obstacle == nil }
        let size = ByteSize.brief(free.reduce(0) { $0 + $1.bytes })
        guard !free.isEmpty else { return Terminal.output("nothing to remove") }
        Terminal.output("\(free.count) \(isRemoved ? "removed" : "can be removed"), \(size)")
        if !isNamed { Terminal.error("nothing was removed; say what to remove: --reports, --images, --cache") }
    }
}
