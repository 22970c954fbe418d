internal import Foundation
import MatrixCore
import MatrixWeb

/// How long a reply asks the client to wait.
///
/// `Retry-After` may be missing, negative or text (a reply with `Retry-After: -1509450059` and `X-RateLimit-Reset: -1` was
/// recorded). Invalid values are ignored.
enum RetryAfter {
    /// The wait in the server's seconds; nil if the reply names none.
    static func seconds(in reply: WebReply, now: Timestamp = .now) -> Double? {
        if let text = reply.headers["retry-after"]?.stripped {
            if let seconds = Double(text), seconds.isFinite, seconds >= 0 { return seconds }
            if let date = httpDate(text), date > now { return date.seconds(since: now) }
        }
        guard reply.status == 429 || remaining(in: reply) == 0 else { return nil }
        return reset(in: reply, now: now)
    }

    /// How many more requests of this kind the limit allows.
    static func remaining(in reply: WebReply) -> Int? { reply.headers["x-ratelimit-remaining"].flatMap { Int($0.stripped) } }

    /// Seconds until the limit's window ends. The header has the end as seconds since 1970.
    private static func reset(in reply: WebReply, now: Timestamp) -> Double? {
        guard let moment = reply.headers["x-ratelimit-reset"].flatMap({ Double($0.stripped) }), moment.isFinite, moment > now.seconds else {
            return nil
        }
        return moment - now.seconds
    }

    private static func httpDate(_ text: String) -> Timestamp? {
        let formatter = DateFormatter()
        formatter.locale = Locale(identifier: "en_US_POSIX")
        formatter.timeZone = TimeZone(secondsFromGMT: 0)
        formatter.dateFormat = "EEE, dd MMM yyyy HH:mm:ss zzz"
        return formatter.date(from: text).map { Timestamp(seconds: $0.timeIntervalSince1970) }
    }
}
