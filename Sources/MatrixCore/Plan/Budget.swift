/// The most that the machines of a run may cost in an hour.
public struct Budget: Sendable, Hashable {
    public var hourly: Double
    /// `USD`.
    public var currency: String
    public var location: SourceLocation?

    public init(hourly: Double, currency: String, location: SourceLocation? = nil) {
        self.hourly = hourly
        self.currency = currency
        self.location = location
    }
}
