public import MatrixCore

/// Removes what runs left: what the ledger lists, through each run's platforms, and what platforms show only by our tags.
public struct Reaper: Sendable {
    /// Creates the driver of a platform as a run's record describes it; nil if the record does not know it.
    public typealias MakePlatform = @Sendable (_ name: String, _ record: RunRecord) async throws -> (any Platform)?

    /// What happened to one resource.
    public struct Outcome: Sendable {
        public var resource: Resource
        /// Why it may be left behind; nil if it is gone.
        public var problem: String?
        /// Whether it was not found while its create may still be under way: it stays on the ledger, and the next process asks again.
        public var isPending = false

        /// One line for a person.
        public var line: String {
            let id = resource.id.isEmpty ? "" : " (id \(resource.shortID))"
            let head = "\(resource.kind) \(resource.name)\(id) on \(resource.platform)"
            if isPending { return "\(head) was not found, but its create may still be under way; the next matrix reap looks again" }
            return problem.map { "\(head) may be left behind: \($0)\n    remove it: \(LeaseKeeper.command(for: resource))" }
                ?? "\(head) is gone"
        }
    }

    /// What can be removed.
    public struct Findings: Sendable {
        /// On the ledger, and not in use.
        public var leases: [Lease] = []
        /// Runs that ended without their teardown.
        public var runs: [RunRecord] = []
        /// Known by their tags alone.
        public var tagged: [(resource: Resource, platform: any Platform)] = []
        /// Platforms that could not be asked, each with the reason.
        public var problems: [String] = []

        public var isEmpty: Bool { leases.isEmpty && runs.isEmpty && tagged.isEmpty }
    }

    private let ledger: any Ledger
    private let keeper: LeaseKeeper
    private let makePlatform: MakePlatform
    private let runIsClean: @Sendable (RunID) -> Void
    private let patience: Duration

    /// - Parameters:
    ///   - patience: how long to retry the removal of one resource.
    ///   - runIsClean: called with runs of which nothing is left.
    public init(
        ledger: any Ledger, redactor: Redactor, patience: Duration = .seconds(300), makePlatform: @escaping MakePlatform,
        runIsClean: @escaping @Sendable (RunID) -> Void = { _ in }
    ) {
        self.ledger = ledger
        keeper = LeaseKeeper(ledger: ledger, redactor: redactor)
        self.patience = patience
        self.makePlatform = makePlatform
        self.runIsClean = runIsClean
    }

    // MARK: - Finding

    /// Finds what may be removed; changes nothing.
    ///
    /// - Parameter platforms: asked for resources with our tag; empty: use only the ledger.
    public func find(_ filter: ReapFilter, on platforms: [String: any Platform] = [:]) async throws -> Findings {
        var findings = Findings()
        let open = try await ledger.open()
        findings.leases = open.filter(filter.takes)
        findings.runs = try await ledger.unfinishedRuns().filter(filter.takes)
        let known = Set(open.map(\.resource.name))
        for (name, platform) in platforms.sorted(by: { $0.key < $1.key }) where filter.platform == nil || filter.platform == name {
            do {
                let owned = try await platform.owned(within: QuestionLimit.listing)
                findings.tagged += owned.filter { !known.contains($0.name) && filter.takesByTag($0) }.map { ($0, platform) }
            } catch {
                findings.problems.append(keeper.shown("\(name) could not list the resources with our tag: \(error)"))
            }
        }
        return findings
    }

    // MARK: - Taking

    /// Removes what was found and confirms it.
    ///
    /// - Parameter waits: whether to wait for creates that may still be under way.
    public func take(_ findings: Findings, waits: Bool = true) async -> [Outcome] {
        var outcomes = await remove(findings.leases, waits: waits)
        outcomes += await close(findings.runs)
        for item in findings.tagged {
            let leak = await keeper.remove(item.resource, on: item.platform, within: patience)
            outcomes.append(Outcome(resource: item.resource, problem: leak?.why))
        }
        return outcomes
    }

    /// Removes leases and confirms it; newest first, as networks go after what is on them and hosts after a cluster.
    public func remove(_ leases: [Lease], waits: Bool = true) async -> [Outcome] {
        var outcomes: [Outcome] = []
        for (run, group) in Dictionary(grouping: leases, by: \.resource.run).sorted(by: { $0.key.value < $1.key.value }) {
            outcomes += await remove(group.sorted { $0.id.value > $1.id.value }, of: try? await ledger.run(run), waits: waits)
            await noteIfClean(run)
        }
        return outcomes
    }

    private func remove(_ leases: [Lease], of record: RunRecord?, waits: Bool) async -> [Outcome] {
        var outcomes: [Outcome] = []
        var pending: [String: [Lease]] = [:]
        let platforms = await self.platforms(of: leases, record)
        for lease in leases {
            switch platforms[lease.resource.platform] {
            case .failure(let problem): outcomes.append(Outcome(resource: lease.resource, problem: keeper.shown("\(problem)")))
            case .success(let platform):
                switch await keeper.settle(HeldLease(lease), on: platform, within: patience) {
                case .gone: outcomes.append(Outcome(resource: lease.resource))
                case .leaked(let leak): outcomes.append(Outcome(resource: lease.resource, problem: leak.why))
                case .pending where waits: pending[platform.name, default: []].append(lease)
                case .pending: outcomes.append(Outcome(resource: lease.resource, isPending: true))
                }
            case nil: continue
            }
        }
        for (name, leases) in pending.sorted(by: { $0.key < $1.key }) {
            guard case .success(let platform)? = platforms[name] else { continue }
            await keeper.settleAll(leases, on: platform, within: patience) { lease, leak in
                outcomes.append(Outcome(resource: lease.resource, problem: leak?.why))
            }
        }
        for case .success(let platform) in platforms.values { await platform.close() }
        return outcomes
    }

    /// The drivers of leases, each created once, as that reads its settings' secrets.
    private func platforms(of leases: [Lease], _ record: RunRecord?) async -> [String: Result<any Platform, any Error>] {
        var platforms: [String: Result<any Platform, any Error>] = [:]
        for name in Set(leases.map(\.resource.platform)) {
            do {
                guard let record, let platform = try await makePlatform(name, record) else {
                    throw UsageError("the ledger does not know the platform's settings", hint: "name its file: matrix reap FILE")
                }
                platforms[name] = .success(platform)
            } catch {
                platforms[name] = .failure(error)
            }
        }
        return platforms
    }

    /// Looks at the platforms of runs without an end for resources without a lease (an unfinished image), removes them, and
    /// closes the runs on the ledger.
    public func close(_ runs: [RunRecord]) async -> [Outcome] {
        var outcomes: [Outcome] = []
        for record in runs {
            let found = await leftovers(of: record)
            outcomes += found
            guard !found.contains(where: { $0.problem != nil }) else { continue }
            try? await ledger.end(record.run, exitStatus: .killed)
            await noteIfClean(record.run)
        }
        return outcomes
    }

    private func leftovers(of record: RunRecord) async -> [Outcome] {
        var outcomes: [Outcome] = []
        do {
            // A lease's resource never counts as a leftover; without the list of leases nothing does.
            let known = Set(try await ledger.open().filter { $0.resource.run == record.run }.map(\.resource.name))
            for name in record.platforms.keys.sorted() { outcomes += await leftovers(of: record, on: name, except: known) }
        } catch {
            outcomes.append(unknown(record, "ledger", error))
        }
        return outcomes
    }

    private func leftovers(of record: RunRecord, on name: String, except known: Set<String>) async -> [Outcome] {
        var outcomes: [Outcome] = []
        do {
            guard let platform = try await makePlatform(name, record) else { return [] }
            for resource in try await platform.remaining(of: record.run, within: QuestionLimit.listing) where !known.contains(resource.name)
            {
                let leak = await keeper.remove(resource, on: platform, within: patience)
                outcomes.append(Outcome(resource: resource, problem: leak?.why))
            }
            await platform.close()
        } catch {
            outcomes.append(unknown(record, name, error))
        }
        return outcomes
    }

    private func unknown(_ record: RunRecord, _ platform: String, _ error: any Error) -> Outcome {
        let resource = Resource(platform: platform, kind: "resources of run", name: record.run.value, run: record.run, cell: "")
        return Outcome(resource: resource, problem: keeper.shown("\(error)"))
    }

    private func noteIfClean(_ run: RunID) async {
        guard let open = try? await ledger.open(), !open.contains(where: { $0.resource.run == run }) else { return }
        runIsClean(run)
    }
}
