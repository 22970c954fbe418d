import MatrixCore
import MatrixEngine

/// Takes back what the ledger lists, by each run's own platforms.
struct Reaping {
    let state: StateFolder
    let redactor: Redactor

    /// What became of one resource.
    struct Outcome: Sendable {
        var resource: Resource
        var problem: String?

        var line: String {
            let head = "\(resource.kind) \(resource.name) on \(resource.platform)"
            return problem.map { "\(head) may be left behind: \($0)" } ?? "\(head) is gone"
        }
    }

    /// Leases of runs whose process is gone, less what is kept and not yet expired.
    func ofDeadRuns() async throws -> [Lease] {
        try await state.ledger.open().filter { !$0.isOwnerAlive && !Self.isKept($0) }
    }

    /// Whether a lease stays up on purpose, for now.
    static func isKept(_ lease: Lease) -> Bool {
        lease.state == .kept && lease.resource.expires.map { $0 > .now } ?? true
    }

    /// Removes leases and confirms it; last made first, as networks go after what is on them.
    func remove(_ leases: [Lease]) async -> [Outcome] {
        var outcomes: [Outcome] = []
        for (run, group) in Dictionary(grouping: leases, by: \.resource.run).sorted(by: { $0.key.value < $1.key.value }) {
            outcomes += await remove(group.reversed(), of: run)
        }
        return outcomes
    }

    private func remove(_ leases: [Lease], of run: RunID) async -> [Outcome] {
        var outcomes: [Outcome] = []
        let maker = PlatformMaker(state: state.path, redactor: redactor)
        let record = try? await state.ledger.run(run)
        for lease in leases {
            outcomes.append(await remove(lease, record, maker))
        }
        let isClean = (try? await state.ledger.open().contains { $0.resource.run == run }) == false
        if isClean { state.removeDirectory(of: run) }
        return outcomes
    }

    private func remove(_ lease: Lease, _ record: RunRecord?, _ maker: PlatformMaker) async -> Outcome {
        do {
            guard let record, let platform = try maker.make(lease.resource.platform, of: record) else {
                return Outcome(resource: lease.resource, problem: "the ledger does not know the platform's settings; name its file: matrix reap FILE")
            }
            let leak = await LeaseRelease(ledger: state.ledger).settle(lease, on: platform, within: .seconds(300))
            return Outcome(resource: lease.resource, problem: leak.map { redactor.redact($0.why) })
        } catch {
            return Outcome(resource: lease.resource, problem: redactor.redact("\(error)"))
        }
    }
}
