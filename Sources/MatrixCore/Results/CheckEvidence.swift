/// What a host showed when a check failed there: read at once, so that it outlives the host.
public struct CheckEvidence: Sendable, Codable, Hashable {
    /// What it is: `journal of loki.service since the deploy`.
    public var title: String
    /// Several lines, cleaned and bounded.
    public var text: String

    public init(title: String, text: String) {
        self.title = title
        self.text = text
    }
}
