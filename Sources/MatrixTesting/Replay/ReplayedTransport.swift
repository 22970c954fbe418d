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
        try answer(request.method, request.url)
    }

    private func answer(_ method: String, _ url: String) throws -> WebReply {
        let key = Self.key(method, url)
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

    /// A Proxmox node whose `pvesh` answers from the same log.
    public var node: ScriptedTransport {
        let node = ScriptedTransport()
        let methods = ["get": "GET", "create": "POST", "set": "PUT", "delete": "DELETE"]
        node.answer { [self] command in
            let words = command.arguments
            guard words.count > 4, words[0] == "pvesh", let method = methods[words[1]] else { return nil }
            let target = method == "GET" || method == "DELETE" ? words[2...].dropLast(2) : words[2...2]
            let reply = try answer(method, "pvesh:" + target.joined(separator: " "))
            guard reply.status == 200 else {
                return CommandResult(exitStatus: 1, standardOutput: [], standardError: reply.body)
            }
            let data = Value(json: reply.text)?["data"] ?? .null
            return CommandResult(exitStatus: 0, standardOutput: Array(data.json.utf8), standardError: [])
        }
        return node
    }

    private static func key(_ method: String, _ url: String) -> String { "\(method) \(url)" }
}
