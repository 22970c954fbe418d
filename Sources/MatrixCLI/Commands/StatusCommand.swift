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
        let path = state.folder(of: file)
        let nearby = state.named == nil ? await NearbyStates.cells(besides: path) : []
        // To look makes nothing: a new state folder would make a project of any folder.
        guard let folder = try live ? StateFolder(path) : StateFolder.existing(path) else { return try showNothing(path, nearby) }
        try await show(folder)
        say(path, nearby)
    }

    private func showNothing(_ path: String, _ nearby: [NearbyStates.Cell]) throws {
        Terminal.output(format == .json ? try Terminal.json(Value.list([])) : Self.nothing(isUncertain: false))
        say(path, nearby)
    }

    /// Names the folder that it looked into, and what is on other ledgers.
    private func say(_ path: String, _ nearby: [NearbyStates.Cell]) {
        if format != .json { Terminal.error("looked in \(path)") }
        if let line = NearbyStates.line(nearby) { Terminal.error("there is more \(line)") }
    }

    private func show(_ folder: StateFolder) async throws {
        let ledger = folder.ledger
        let strays = try await folder.strayRuns().filter { $0.line != nil }
        for line in strays.compactMap(\.line) { Terminal.error("warning: \(line)") }
        let dead = try await ledger.unfinishedRuns()
        let isUncertain = !strays.isEmpty || !dead.isEmpty
        if live { return try await showLive(folder, isUncertain: isUncertain, hasUnknown: strays.contains(where: \.isUnknown)) }
        let leases = try await ledger.open()
        if format == .json { return Terminal.output(try Terminal.json(Value.list(leases.map { .map(members($0)) }))) }
        for run in dead {
            Terminal.error("\(Reaping.obituary(of: run)); \(Reaping.remedies(of: run))")
        }
        let pools = try await PoolTables(folder.pools)
        let progress = try await progress(of: leases, ledger)
        let listed = leases.isEmpty ? Self.nothing(isUncertain: isUncertain) : listing(leases, progress)
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
                    live.word.rawValue, live.resource.cell, live.resource.kind, live.resource.name, live.resource.shortID,
                    live.resource.platform,
                    live.cost?.description ?? "", Relative.end(live.resource.expires),
                ]
            }
            let headings = ["IS", "CELL", "KIND", "NAME", "ID", "PLATFORM", "COST", "EXPIRES"]
            // The name of a resource begins with its cell's.
            Terminal.output(Table(headings: headings, rows: rows).fitting(Self.width, droppingFirst: ["CELL", "KIND", "PLATFORM"]).text)
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

    /// The widest table.
    private static let width = 100

    /// The hosts and clusters of cells; below them, by name and id, what a dead process left.
    private func listing(_ leases: [Lease], _ progress: [String: String]) -> String {
        let isLeft = { (lease: Lease) in !lease.isOwnerAlive && (lease.state == .leaked || !Reaping.isKept(lease)) }
        // A network says nothing that its hosts do not say.
        let hosts = leases.filter { $0.resource.host != nil || $0.resource.kind == "cluster" }
        let shown = hosts.isEmpty ? leases.filter { !isLeft($0) } : hosts
        let headings = ["CELL", "HOST", "PLATFORM", "STATE", "DONE", "UP", "EXPIRES", "COST"]
        let table = Table(headings: headings, rows: shown.map { row($0, progress) })
        let left = leases.filter(isLeft).map { lease in
            let resource = lease.resource
            let id = resource.id.isEmpty ? "" : " (id \(resource.shortID))"
            return "\(lease.state == .leaked ? "leaked" : "left"): \(resource.kind) \(resource.name)\(id) on \(resource.platform)"
                + (lease.why.map { ": \($0)" } ?? "")
        }
        let fitted = shown.isEmpty ? "" : table.fitting(Self.width, droppingFirst: ["PLATFORM", "DONE", "COST"]).text
        return [fitted, left.joined(separator: "\n")].filter { !$0.isEmpty }.joined(separator: "\n")
    }

    private func row(_ lease: Lease, _ progress: [String: String]) -> [String] {
        let resource = lease.resource
        return [
            resource.cell, resource.host.map { HostLabel(of: $0, in: resource.cell).label(orKind: resource.kind) } ?? resource.kind,
            resource.platform, word(lease), progress["\(resource.run) \(resource.cell)"] ?? "",
            Relative.length(Timestamp.wall.seconds(since: lease.since)), Relative.end(resource.expires), lease.cost?.description ?? "",
        ]
    }

    private func word(_ lease: Lease) -> String {
        if lease.isOwnerAlive { return "running" }
        return lease.state == .kept || lease.state == .leaked ? lease.state.rawValue : "left"
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
