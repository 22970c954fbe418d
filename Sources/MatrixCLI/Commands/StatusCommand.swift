import ArgumentParser
import MatrixCore
import MatrixEngine

/// `matrix status`.
struct StatusCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "status", abstract: "Show kept cells and everything else that is not confirmed as gone.",
        discussion: """
            With --live it asks the platforms: kept, running, expired, left (matrix reap removes it), lost (on the ledger, but not on \
            its platform), foreign (with our tag, but on another machine's ledger). If a platform has prices, COST is what a resource \
            has cost so far.
            """
    ).showing([
        "what the ledger knows": "matrix status",
        "what the platforms say": "matrix status --live",
    ])

    @Argument(help: "With --live, a matrix file whose platforms are also asked.", completion: Complete.yaml)
    var file: String?

    @OptionGroup var state: StateOptions

    @Flag(help: "Ask the platforms.")
    var live = false

    @Option(help: "table or json.")
    var format: OutputFormat = .table

    func validate() throws {
        if file != nil, !live { throw ValidationError("a matrix file is only for --live: add --live to ask its platforms") }
    }

    func run() async throws {
        let folder = try StateFolder(state.folder(of: file))
        let ledger = folder.ledger
        let strays = try await folder.strayRuns().filter { $0.line != nil }
        for line in strays.compactMap(\.line) { Terminal.error("warning: \(line)") }
        let dead = try await ledger.unfinishedRuns()
        let isUncertain = !strays.isEmpty || !dead.isEmpty
        if live { return try await showLive(folder, isUncertain: isUncertain, hasUnknown: strays.contains(where: \.isUnknown)) }
        let leases = try await ledger.open()
        if format == .json { return Terminal.output(try Terminal.json(Value.list(leases.map { .map(members($0)) }))) }
        for run in dead {
            Terminal.error("\(Reaping.obituary(of: run)); close it with: matrix reap --run \(run.run) --yes")
        }
        let pools = try await PoolTables(folder.pools)
        let progress = try await progress(of: leases, ledger)
        let headings = ["CELL", "KIND", "NAME", "PLATFORM", "STATE", "DONE", "OWNER", "SINCE", "EXPIRES", "COST"]
        let table = Table(headings: headings, rows: leases.map { row($0, progress) }).text
        let listed = leases.isEmpty ? Self.nothing(isUncertain: isUncertain) : table
        Terminal.output([listed, pools.text].filter { !$0.isEmpty }.joined(separator: "\n\n"))
        sayCosts(leases.compactMap(\.cost))
        if pools.hasQuarantine { Terminal.error("repair the hosts in quarantine, then put them back into use: matrix pool lift HOST") }
        if leases.contains(where: { !$0.isOwnerAlive && !Reaping.isKept($0) }) {
            Terminal.error("remove what dead runs left: matrix reap --yes")
        }
    }

    /// - Parameter isUncertain: whether a run may have left something that is not on the ledger.
    private static func nothing(isUncertain: Bool) -> String {
        isUncertain ? "nothing is on the ledger; what the runs above left is not known" : "nothing is up and nothing is left behind"
    }

    /// - Parameter hasUnknown: whether there is a run whose platforms cannot be asked.
    private func showLive(_ folder: StateFolder, isUncertain: Bool, hasUnknown: Bool) async throws {
        let findings = try await LiveStatus(state: folder).find(file: file)
        for problem in findings.problems { Terminal.problem(problem) }
        if format == .json {
            Terminal.output(try Terminal.json(Value.list(findings.resources.map(value))))
        } else if findings.resources.isEmpty {
            Terminal.output(Self.nothing(isUncertain: isUncertain && (hasUnknown || !findings.problems.isEmpty)))
        } else {
            let rows = findings.resources.map { live in
                [
                    live.word.rawValue, live.resource.cell, live.resource.kind, live.resource.name, live.resource.id,
                    live.resource.platform,
                    live.cost?.description ?? "", live.resource.expires?.description ?? "never",
                ]
            }
            Terminal.output(Table(headings: ["IS", "CELL", "KIND", "NAME", "ID", "PLATFORM", "COST", "EXPIRES"], rows: rows).text)
            sayCosts(findings.resources.compactMap(\.cost))
            let isWrong = findings.resources.contains { $0.word == .left || $0.word == .lost }
            if isWrong { Terminal.error("correct the ledger: matrix reap --yes") }
        }
        if !findings.problems.isEmpty { throw ExitCode(.infrastructure) }
    }

    private func sayCosts(_ costs: [Cost]) {
        for total in Cost.sums(costs) { Terminal.output("so far: \(total)") }
    }

    private func value(_ live: LiveResource) -> Value {
        .map(
            (live.lease.map(members) ?? members(live.resource)).merging(
                ["is": .string(live.word.rawValue), "cost": live.cost?.value ?? .null]) { _, new in new })
    }

    /// How far each cell of these leases has come, by run and cell: `deploy failed`.
    private func progress(of leases: [Lease], _ ledger: any Ledger) async throws -> [String: String] {
        var words: [String: String] = [:]
        for run in Set(leases.map(\.resource.run)) {
            for (cell, records) in try await ledger.progress(of: run) {
                guard let last = records.last(where: { $0.phase != .destroy && $0.phase != .finally }) else { continue }
                words["\(run) \(cell)"] = "\(last.phase.rawValue) \(last.outcome.rawValue)"
            }
        }
        return words
    }

    private func row(_ lease: Lease, _ progress: [String: String]) -> [String] {
        let resource = lease.resource
        return [
            resource.cell, resource.kind, resource.name, resource.platform, lease.state.rawValue,
            progress["\(resource.run) \(resource.cell)"] ?? "", lease.isOwnerAlive ? "running (\(lease.owner.pid))" : "gone",
            lease.since.description, resource.expires?.description ?? "never", lease.cost?.description ?? "",
        ]
    }

    private func members(_ lease: Lease) -> [String: Value] {
        members(lease.resource).merging([
            "state": .string(lease.state.rawValue), "owner_alive": .bool(lease.isOwnerAlive), "since": .string(lease.since.description),
            "why": lease.why.map { .string($0) } ?? .null, "cost": lease.cost?.value ?? .null,
        ]) { _, new in new }
    }

    private func members(_ resource: Resource) -> [String: Value] {
        [
            "cell": .string(resource.cell), "kind": .string(resource.kind), "name": .string(resource.name), "id": .string(resource.id),
            "platform": .string(resource.platform), "run": .string(resource.run.value), "host": resource.host.map { .string($0) } ?? .null,
            "expires": resource.expires.map { .string($0.description) } ?? .null,
        ]
    }
}

extension Lease {
    /// What it has cost so far, by the price when it was created.
    fileprivate var cost: Cost? { resource.price?.cost(of: Timestamp.wall.seconds(since: since)) }
}

/// How a result is printed.
enum OutputFormat: String, ExpressibleByArgument, CaseIterable {
    case table
    case json
}
