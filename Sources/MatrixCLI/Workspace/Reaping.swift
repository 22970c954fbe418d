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

    /// Looks at the platforms of runs without an end for what no lease stands for (an image that was being made, a create that
    /// went on after its run was killed), removes it, and closes the runs on the ledger.
    func close(_ runs: [RunRecord]) async -> [Outcome] {
        var outcomes: [Outcome] = []
        for record in runs {
            let found = await leftovers(of: record)
            outcomes += found
            guard !found.contains(where: { $0.problem != nil }) else { continue }
            try? await state.ledger.end(record.run, exitStatus: 137)
            let isClean = (try? await state.ledger.open().contains { $0.resource.run == record.run }) == false
            if isClean { state.removeDirectory(of: record.run) }
        }
        return outcomes
    }

    private func leftovers(of record: RunRecord) async -> [Outcome] {
        var outcomes: [Outcome] = []
        let maker = PlatformMaker(state, redactor: redactor)
        let kept = Set(((try? await state.ledger.open()) ?? []).filter { $0.resource.run == record.run }.map(\.resource.name))
        for name in record.platforms.keys.sorted() {
            do {
                guard let platform = try await maker.make(name, of: record) else { continue }
                for resource in try await platform.remaining(of: record.run) where !kept.contains(resource.name) {
                    let leak = await LeaseRelease(ledger: state.ledger).remove(resource, on: platform, within: .seconds(300))
                    outcomes.append(Outcome(resource: resource, problem: leak.map { redactor.redact($0.why) }))
                }
            } catch {
                let unknown = Resource(platform: name, kind: "resources of run", name: record.run.value, run: record.run, cell: "")
                outcomes.append(Outcome(resource: unknown, problem: redactor.redact("\(error)")))
            }
        }
        return outcomes
    }

    private func remove(_ leases: [Lease], of run: RunID) async -> [Outcome] {
        var outcomes: [Outcome] = []
        let maker = PlatformMaker(state, redactor: redactor)
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
            guard let record, let platform = try await maker.make(lease.resource.platform, of: record) else {
                return Outcome(resource: lease.resource, problem: "the ledger does not know the platform's settings; name its file: matrix reap FILE")
            }
            let leak = await LeaseRelease(ledger: state.ledger).settle(lease, on: platform, within: .seconds(300))
            return Outcome(resource: lease.resource, problem: leak.map { redactor.redact($0.why) })
        } catch {
            return Outcome(resource: lease.resource, problem: redactor.redact("\(error)"))
        }
    }
}
