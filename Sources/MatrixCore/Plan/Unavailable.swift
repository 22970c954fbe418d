/// What a cell is whose system cannot be had on its platform.
public enum Unavailable: String, Sendable, Codable, CaseIterable {
    case error
    case skip
}
