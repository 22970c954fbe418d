/// What something costs while it exists.
public struct Price: Sendable, Hashable, Codable {
    /// For every hour that is begun.
    public var hourly: Double
    /// The maximum for a month; nil if there is none.
    public var monthly: Double?
    /// `USD`.
    public var currency: String

    public init(hourly: Double, monthly: Double? = nil, currency: String) {
        self.hourly = hourly
        self.monthly = monthly
        self.currency = currency
    }

    /// The cost of so many seconds: every begun hour, but at most the monthly price.
    public func cost(of seconds: Double) -> Cost {
        let hours = max(1, (seconds / 3600).rounded(.up))
        let months = max(1, (hours / Self.hoursOfMonth).rounded(.up))
        return Cost(min(hours * hourly, monthly.map { $0 * months } ?? .infinity), currency)
    }

    private static let hoursOfMonth = 730.0

    /// For people: `0.036 USD an hour`.
    public var text: String { "\(Cost(hourly, currency)) an hour" }
}

extension Resource {
    /// What it costs while it exists, as its platform recorded it at creation; nil if it is free or the price is unknown.
    public var price: Price? {
        get { details["price"].flatMap { try? JSON.decode(Price.self, from: Array($0.utf8)) } }
        set { details["price"] = newValue.map(JSON.text) }
    }
}

/// An amount of money.
public struct Cost: Sendable, Hashable, Codable, CustomStringConvertible {
    public var amount: Double
    /// `USD`.
    public var currency: String

    public init(_ amount: Double, _ currency: String) {
        self.amount = amount
        self.currency = currency
    }

    /// All of them together, an amount for each currency in the order of their names.
    public static func sums(_ costs: some Sequence<Cost>) -> [Cost] {
        let amounts = Dictionary(costs.map { ($0.currency, $0.amount) }, uniquingKeysWith: +)
        // To a millionth: sums of decimals end in 0.10799999999999998.
        return amounts.sorted { $0.key < $1.key }.map { Cost(($0.value * 1e6).rounded() / 1e6, $0.key) }
    }

    /// For people: with two to four decimals, `0.036 USD`, `1.50 USD`.
    public var description: String {
        let units = Int(nearest: amount * 10_000)
        var decimals = String(String(units % 10_000 + 10_000).dropFirst())
        while decimals.count > 2, decimals.hasSuffix("0") { decimals.removeLast() }
        return "\(units / 10_000).\(decimals) \(currency)"
    }
}
