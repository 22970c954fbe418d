import ArgumentParser
import MatrixCore
import MatrixFile
import MatrixRemote

/// `matrix stop CELL`.
struct StopCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "stop",
        abstract: "Power the hosts of a kept cell off. They keep their disks, and on most platforms still cost the same."
    ).showing([
        "until tomorrow": "matrix stop debian12-podman"
    ])

    @Argument(help: "The cell.", completion: Complete.keptCells)
    var cell: String

    @OptionGroup var state: StateOptions

    func run() async throws { try await PowerSwitch(cell: cell, folder: StateFolder(state.folder())).turn(on: false) }
}

/// `matrix start CELL`.
struct StartCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "start", abstract: "Power the hosts of a kept cell on again and wait until they can be reached."
    ).showing([
        "and on again": "matrix start debian12-podman"
    ])

    @Argument(help: "The cell.", completion: Complete.keptCells)
    var cell: String

    @OptionGroup var state: StateOptions

    func run() async throws { try await PowerSwitch(cell: cell, folder: StateFolder(state.folder())).turn(on: true) }
}

/// Powers all hosts of a kept cell on or off.
struct PowerSwitch {
    let cell: String
    let folder: StateFolder

    func turn(on: Bool) async throws {
        let kept = try await KeptCell.find(cell, in: folder)
        guard !kept.isInUse else {
            throw UsageError("a process is working on cell \(cell) (run \(kept.run))", hint: "wait for it; see matrix status")
        }
        guard let record = try await folder.ledger.run(kept.run) else { throw UsageError("the ledger knows no run \(kept.run)") }
        let maker = PlatformMaker(state: folder)
        let access = try await RunKeys.make(for: kept.run, in: folder.directory(of: kept.run), using: LocalTransport())
        let plan = try MatrixSource.load(record.file, Selection(cells: [cell], settings: Selection(recorded: record.arguments).settings))
            .cells.first
        let results = await mapConcurrently(kept.hostLeases, limit: 16) { lease -> Result<String, any Error> in
            do { return .success(try await turn(lease, on: on, record, maker, access, plan)) } catch { return .failure(error) }
        }
        for result in results {
            if case .success(let line) = result { Terminal.output(line) }
        }
        // Every host was tried; the command reports the first problem.
        _ = try results.map { try $0.get() }
    }

    private func turn(
        _ lease: Lease, on: Bool, _ record: RunRecord, _ maker: PlatformMaker, _ access: RunAccess, _ plan: CellPlan?
    ) async throws -> String {
        let resource = lease.resource
        guard let platform = try await maker.make(resource.platform, of: record, access: access) else {
            throw UsageError("the ledger does not know the settings of platform \(resource.platform)")
        }
        try await platform.power(resource, on: on)
        guard on, let plan else { return "\(resource.host ?? resource.name) is off" }
        let endpoint = try await withDeadline(plan.timeouts[.create]) { try await platform.ready(resource, for: plan) { _ in } }
        // The address may have changed.
        try await folder.ledger.reachable(lease.id, at: endpoint)
        return "\(resource.host ?? resource.name) is on, at \(endpoint.address):\(endpoint.port)"
    }
}
