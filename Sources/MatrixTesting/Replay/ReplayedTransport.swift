internal import MatrixCore
public import MatrixWeb
internal import Synchronization

/// Answers requests as a log of exchanges says: what was asked several times gets its answers in order, then the last one again.
///
/// A request that the log does not have fails, and is kept for the test.
public final class ReplayedTransport: WebTransport {
    private struct State {
        var answers: [String: [Exchange]] = [:]
        var unknown: [String] = []
    }

    private let state: Mutex<State>

    public init(_ exchanges: [Exchange]) {
        state = Mutex(State(answers: Dictionary(grouping: exchanges) { Self.key($0.method, $0.url) }))
    }

    /// Requests that the log has no answer for.
    public var unknown: [String] { state.withLock { $0.unknown } }

    public func send(_ request: WebRequest, within limit: Duration) async throws -> WebReply {
        let key = Self.key(request.method, request.url)
        let exchange = state.withLock { state -> Exchange? in
            guard let first = state.answers[key]?.first else {
                state.unknown.append(key)
                return nil
            }
            if (state.answers[key]?.count ?? 0) > 1 { state.answers[key]?.removeFirst() }
            return first
        }
        guard let exchange else { throw WebFailure(.connection, "the log has no answer to \(key)") }
        guard let reply = exchange.reply else { throw WebFailure(.connection, exchange.failure ?? "no answer") }
        return reply
    }

    private static func key(_ method: String, _ url: String) -> String { "\(method) \(url)" }
}
