import MatrixCore

extension Engine {
    /// What a sweep found and did.
    struct Swept: Sendable {
        /// Resources that are now confirmed as gone.
        var removed: Set<ResourceName> = []
        var leaks: [Leak] = []
        var warnings: [Diagnostic] = []

        /// All leaks, with those of the cells that the sweep could not remove.
        func leaks(with earlier: [Leak]) -> [Leak] {
            let known = removed.union(leaks.map { ResourceName($0.resource) })
            return leaks + earlier.filter { !known.contains(ResourceName($0.resource)) }
        }
    }

    /// Looks at every platform for what still carries this run's tag (creates whose reply was lost, destroys that had no
    /// effect) and removes it; then the ledger agrees with the platforms. Uncancelled.
    func sweep(_ plan: Plan, options: RunOptions, kept: [Resource]) async -> Swept {
        await Task {
            var swept = Swept()
            guard let leases = await leases(of: options, into: &swept) else { return swept }
            // A command on some cells must not treat the run's other cells as left behind.
            let kept = Set((kept + leases.filter { $0.state == .kept }.map(\.resource)).map(ResourceName.init))
            // A cluster is removed while its hosts still exist.
            let rank = { (platform: any Platform) in (platform is any ClusterPlatform ? 0 : 1, platform.name) }
            for platform in parts.platforms.values.sorted(by: { rank($0) < rank($1) }) {
                parts.events.emit(Event(.waiting("looking for leftovers on \(platform.name)")))
                let open = leases.filter { $0.resource.platform == platform.name && $0.state != .kept }
                await settle(open, on: platform, kept: kept, into: &swept)
                await removeUnknown(on: platform, run: options.run, known: kept.union(open.map { ResourceName($0.resource) }), into: &swept)
            }
            return swept
        }.value
    }

    /// The run's leases; nil if the ledger cannot be read although other cells of the run may be up.
    private func leases(of options: RunOptions, into swept: inout Swept) async -> [Lease]? {
        do {
            return try await parts.ledger.open().filter { $0.resource.run == options.run }
        } catch {
            guard options.starts.isEmpty else {
                let hint = "once it can be read: matrix reap --run \(options.run)"
                swept.warnings.append(
                    Diagnostic(.warning, at: nil, "the cleanup check was skipped: the ledger cannot be read: \(error)", hint: hint))
                return nil
            }
            return []
        }
    }

    /// Removes the resources of leases, and waits for creates that may still be under way.
    private func settle(_ leases: [Lease], on platform: any Platform, kept: Set<ResourceName>, into swept: inout Swept) async {
        let keeper = LeaseKeeper(ledger: parts.ledger, redactor: parts.redactor)
        // A later try created these again under their names and keeps them: their leases are obsolete.
        for lease in leases where kept.contains(ResourceName(lease.resource)) { try? await parts.ledger.destroyed(lease.id) }
        let pending = leases.filter { !kept.contains(ResourceName($0.resource)) }
        await keeper.settleAll(pending, on: platform, within: .seconds(120)) { lease, leak in
            if let leak { swept.leaks.append(leak) } else { swept.removed.insert(ResourceName(lease.resource)) }
        }
    }

    private func removeUnknown(on platform: any Platform, run: RunID, known: Set<ResourceName>, into swept: inout Swept) async {
        do {
            let found = try await platform.remaining(of: run, within: QuestionLimit.listing)
            for resource in found where !known.contains(ResourceName(resource)) {
                let keeper = LeaseKeeper(ledger: parts.ledger, redactor: parts.redactor)
                if let leak = await keeper.remove(resource, on: platform, within: .seconds(120)) { swept.leaks.append(leak) }
            }
        } catch {
            let hint = "list what carries this run's tag: matrix reap --run \(run)"
            swept.warnings.append(Diagnostic(.warning, at: nil, "\(platform.name) could not list leftovers: \(error)", hint: hint))
        }
    }
}

/// The key of a resource at its platform.
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
