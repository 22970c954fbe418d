public import MatrixCore

/// A resource as the ledger and its platform together know it: a line of `matrix status --live`.
public struct LiveResource: Sendable {
    /// What it is.
    public enum Word: String, Sendable, CaseIterable {
        /// A living process works on it.
        case running
        /// Up on purpose.
        case kept
        /// Up for longer than it may.
        case expired
        /// Its owner is dead, or it could not be removed: `matrix reap` removes it.
        case left
        /// On the ledger, but not on its platform.
        case lost
        /// It carries our tag, but this ledger does not know it: it belongs to another machine.
        case foreign
        /// Its platform could not be asked.
        case unknown
    }

    public var word: Word
    public var resource: Resource
    /// The ledger's entry; nil for a foreign resource.
    public var lease: Lease?
    /// What it has cost so far; nil if it is free or the price is unknown.
    public var cost: Cost?

    /// Combines what the ledger lists and what platforms show.
    ///
    /// - Parameters:
    ///   - owned: our resources on each platform, by its name; no entry for a platform that could not be asked.
    ///   - price: what a resource costs while it exists.
    public static func all(
        _ leases: [Lease], owned: [String: [Resource]], now: Timestamp = .wall, price: (Resource) -> Price? = { _ in nil }
    ) -> [LiveResource] {
        let there = Set(owned.values.joined().map(ResourceName.init))
        let known = Set(leases.map { ResourceName($0.resource) })
        let ours = leases.map { lease in
            let word = word(
                of: lease, isThere: owned[lease.resource.platform] == nil ? nil : there.contains(ResourceName(lease.resource)), now: now)
            return LiveResource(
                word: word, resource: lease.resource, lease: lease,
                cost: word == .lost ? nil : price(lease.resource)?.cost(of: now.seconds(since: lease.since)))
        }
        let others = owned.values.joined().filter { !known.contains(ResourceName($0)) }.sorted { $0.name < $1.name }.map { resource in
            let hasExpired = resource.expires.map { $0 <= now } ?? false
            let age = resource.run.began.map { now.seconds(since: $0) }
            return LiveResource(
                word: hasExpired ? .expired : .foreign, resource: resource, cost: age.flatMap { price(resource)?.cost(of: max(0, $0)) })
        }
        return ours + others
    }

    private static func word(of lease: Lease, isThere: Bool?, now: Timestamp) -> Word {
        guard let isThere else { return .unknown }
        // A create that is under way is not lost yet.
        if !isThere { return lease.isOwnerAlive && lease.state == .intended ? .running : .lost }
        if lease.resource.expires.map({ $0 <= now }) ?? false { return .expired }
        if lease.state == .kept { return .kept }
        if lease.state == .leaked { return .left }
        return lease.isOwnerAlive ? .running : .left
    }
}
