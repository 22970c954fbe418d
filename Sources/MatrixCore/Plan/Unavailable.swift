/// The outcome of a cell whose system its platform does not offer.
public enum Unavailable: String, Sendable, Codable, CaseIterable {
    case error
    case skip
}
