/// The fault of one request.
public enum FakeLinodeFault: Sendable {
    /// The fake sends this reply and does nothing.
    case answer(FakeLinodeAnswer)
    /// The connection ends without a reply, and nothing is done.
    case drop
    /// Nothing is done, and no reply comes until the client gives up.
    case hang
    /// The reply comes late.
    case slow(Duration)
    /// The work is done, and the connection ends without a reply.
    case lostAnswer
    /// The work is done. Only half of the reply's JSON comes, but with a matching length.
    case truncated
    /// The work is done. The connection breaks within the reply.
    case broken

    /// An error in Linode's own form.
    public static func status(_ status: Int, _ reason: String, headers: [String: String] = [:]) -> Self {
        .answer(FakeLinodeAnswer(status, reason: reason, headers: headers))
    }

    /// Too many requests; `retryAfter` is sent unchanged.
    public static func tooMany(retryAfter: String?) -> Self {
        .status(429, "Too many requests", headers: retryAfter.map { ["Retry-After": $0] } ?? [:])
    }

    /// A proxy's error page.
    public static func page(_ status: Int) -> Self { .answer(FakeLinodeAnswer(status, page: "\(status) from the gateway")) }

    /// The whole API is closed for maintenance.
    public static let maintenance = status(
        503, "The API is down for maintenance.", headers: ["X-Maintenance-Mode": "all,Scheduled maintenance"])
    /// The instance is busy with another job.
    public static let busy = status(400, "Linode busy.")

    /// The temporary faults: a retry succeeds.
    public static let transient: [Self] = [
        .status(408, "Request timed out"), .tooMany(retryAfter: nil), .tooMany(retryAfter: "-3"), .tooMany(retryAfter: "soon"),
        .status(500, "Internal server error"), .page(502), .status(503, "Service unavailable"), .page(504), .drop, .lostAnswer, .truncated,
        .broken,
    ]
}
