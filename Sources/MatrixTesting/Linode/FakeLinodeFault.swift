/// What goes wrong with one request.
public enum FakeLinodeFault: Sendable {
    /// This is answered, and nothing is done.
    case answer(FakeLinodeAnswer)
    /// The connection ends without an answer, and nothing is done.
    case drop
    /// Nothing is done and nothing answered, until the client gives up.
    case hang
    /// The answer comes late.
    case slow(Duration)
    /// The work is done, and the connection ends without an answer.
    case lostAnswer
    /// The work is done; half of the answer's JSON comes as if it were all.
    case truncated
    /// The work is done; the connection breaks within the answer.
    case broken

    /// An error in Linode's own form.
    public static func status(_ status: Int, _ reason: String, headers: [String: String] = [:]) -> Self {
        .answer(FakeLinodeAnswer(status, reason: reason, headers: headers))
    }

    /// Too many requests; `retryAfter` is sent as it is.
    public static func tooMany(retryAfter: String?) -> Self {
        .status(429, "Too many requests", headers: retryAfter.map { ["Retry-After": $0] } ?? [:])
    }

    /// A proxy's page of an error.
    public static func page(_ status: Int) -> Self { .answer(FakeLinodeAnswer(status, page: "\(status) from the gateway")) }

    /// The whole API is closed for maintenance.
    public static let maintenance = status(503, "The API is down for maintenance.", headers: ["X-Maintenance-Mode": "all,Scheduled maintenance"])
    /// The instance has another job.
    public static let busy = status(400, "Linode busy.")

    /// What passes when it is tried again.
    public static let transient: [Self] = [
        .status(408, "Request timed out"), .tooMany(retryAfter: nil), .tooMany(retryAfter: "-3"), .tooMany(retryAfter: "soon"),
        .status(500, "Internal server error"), .page(502), .status(503, "Service unavailable"), .page(504), .drop, .lostAnswer, .truncated, .broken,
    ]
}
