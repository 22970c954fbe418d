import MatrixCore

extension Price {
    /// Both together; nil if their currencies differ.
    static func + (left: Price, right: Price) -> Price? {
        guard left.currency == right.currency else { return nil }
        let monthly = left.monthly.flatMap { first in right.monthly.map { first + $0 } }
        return Price(hourly: left.hourly + right.hourly, monthly: monthly, currency: left.currency)
    }
}
