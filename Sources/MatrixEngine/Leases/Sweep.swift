import MatrixCore

extension Engine {
    /// What a sweep found and did.
    struct Swept: Sendable {
        /// What is confirmed as gone now.
        var removed: Set<ResourceName> = []
        var leaks: [Leak] = []
        var warnings: [Diagnostic] = []

        /// All leaks, those that the cells found included where the sweep did not put them right.
        func leaks(with earlier: [Leak]) -> [Leak] {
            let known = removed.union(leaks.map { ResourceName($0.resource) })
            return leaks + earlier.filter { !known.contains(ResourceName($0.resource)) }
        }
    }

    /// Looks at every platform for what still carries this run's tag (creates whose reply was lost, destroys that did not
    /// hold) and removes it; then the ledger agrees with the platforms. Uncancelled.
    func sweep(_ plan: Plan, options: RunOptions, kept: [Resource]) async -> Swept {
        let kept = Set(kept.map(ResourceName.init))
        return await Task {
            var swept = Swept()
            // A cluster is taken apart while its hosts are still there.
            let (clusters, lenders) = (parts.platforms.values.filter { $0 is any ClusterPlatform }, parts.platforms.values.filter { !($0 is any ClusterPlatform) })
            for platform in clusters.sorted(by: { $0.name < $1.name }) + lenders.sorted(by: { $0.name < $1.name }) {
                await sweep(platform, run: options.run, kept: kept, into: &swept)
            }
            return swept
        }.value
    }

    private func sweep(_ platform: any Platform, run: RunID, kept: Set<ResourceName>, into swept: inout Swept) async {
        let keeper = LeaseKeeper(ledger: parts.ledger)
        let leases = ((try? await parts.ledger.open()) ?? []).filter { lease in
            lease.resource.run == run && lease.resource.platform == platform.name && lease.state != .kept
        }
        for lease in leases {
            if kept.contains(ResourceName(lease.resource)) {
                // A later try made it anew under its name and keeps it; this lease has nothing left to stand for.
                try? await parts.ledger.destroyed(lease.id)
                continue
            }
            let held = HeldLease(id: lease.id, resource: lease.resource)
            if let leak = await keeper.settle(held, on: platform, within: .seconds(120)) {
                swept.leaks.append(leak)
            } else {
                swept.removed.insert(ResourceName(lease.resource))
            }
        }
        do {
            let known = kept.union(leases.map { ResourceName($0.resource) })
            let found = try await withDeadline(.seconds(60)) { try await platform.remaining(of: run) }
            for resource in found where !known.contains(ResourceName(resource)) {
                if let leak = await keeper.remove(resource, on: platform, within: .seconds(120)) { swept.leaks.append(leak) }
            }
        } catch {
            let hint = "see what carries this run's tag: matrix reap --run \(run) --dry-run"
            swept.warnings.append(Diagnostic(.warning, at: nil, "\(platform.name) could not be asked for leftovers: \(error)", hint: hint))
        }
    }
}

/// What names a resource at its platform, whatever else is known of it.
struct ResourceName: Hashable, Sendable {
    var platform: String
    var kind: String
    var name: String

    init(_ resource: Resource) {
        platform = resource.platform
        kind = resource.kind
        name = resource.name
    }
}
