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
        /// Its owner is dead, or it could not be removed: `matrix reap` takes it.
        case left
        /// On the ledger, and its platform has not got it.
        case lost
        /// It carries our tag, and this ledger does not know it: another machine's.
        case foreign
        /// Its platform could not be asked.
        case unknown
    }

    public var word: Word
    public var resource: Resource
    /// What the ledger has of it; nil for what is foreign.
    public var lease: Lease?
    /// What it has cost so far; nil where nothing is charged, or nobody knows.
    public var cost: Cost?

    /// Puts together what the ledger lists and what platforms show.
    ///
    /// - Parameters:
    ///   - owned: what each platform has of ours, by its name; nothing for one that could not be asked.
    ///   - price: what a resource costs while it is there.
    public static func all(
        _ leases: [Lease], owned: [String: [Resource]], now: Timestamp = .now, price: (Resource) -> Price? = { _ in nil }
    ) -> [LiveResource] {
        let there = Set(owned.values.joined().map(ResourceName.init))
        let known = Set(leases.map { ResourceName($0.resource) })
        let ours = leases.map { lease in
            let word = word(of: lease, isThere: owned[lease.resource.platform] == nil ? nil : there.contains(ResourceName(lease.resource)), now: now)
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
