/// A resource that could not be confirmed as gone.
public struct Leak: Sendable, Codable, Hashable {
    public var resource: Resource
    public var why: String
    /// The command that removes it.
    public var command: String
    /// What it costs from now on; nil if it is free or the price is unknown.
    var charge: Charge?

    /// - Parameters:
    ///   - price: what it costs; nil if it is free or the price is unknown.
    ///   - since: since when; nil if only its tag is known.
    public init(resource: Resource, why: String, command: String, price: Price? = nil, since: Timestamp? = nil) {
        self.resource = resource
        self.why = why
        self.command = command
        charge = price.map { Charge(price: $0, since: since) }
    }

    /// What it is, for people: `container c1 (id c0ffee) on podman`.
    public var what: String {
        "\(resource.kind) \(resource.name) (id \(resource.id.isEmpty ? "unknown" : resource.shortID)) on \(resource.platform)"
    }

    /// Why it may be there and what that costs, for people: `denied; it costs 0.036 USD an hour since 2026-11-23T12:00:00Z`.
    public var reason: String { charge.map { "\(why); it costs \($0)" } ?? why }
}

/// What a resource costs from now on.
struct Charge: Sendable, Codable, Hashable, CustomStringConvertible {
    let price: Price
    /// Since when; nil if only its tag is known.
    let since: Timestamp?

    /// For people: `0.036 USD an hour since 2026-11-23T12:00:00Z`.
    var description: String { price.text + (since.map { " since \($0)" } ?? "") }
}
