/// Which cells stay up after a run.
public enum Keep: String, Sendable, Codable, CaseIterable {
    case never
    case failed
    case always
}
