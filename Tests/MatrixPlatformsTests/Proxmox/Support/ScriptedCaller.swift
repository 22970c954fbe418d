import MatrixCore
import Synchronization

@testable import MatrixPlatforms

/// A call layer that answers only what a test told it to.
final class ScriptedCaller: ProxmoxCaller {
    typealias Answer = @Sendable (ProxmoxRequest) throws -> Value?

    private let state = Mutex<(answers: [Answer], requests: [ProxmoxRequest])>(([], []))
    let isRoot: Bool

    init(isRoot: Bool = false) {
        self.isRoot = isRoot
    }

    /// Adds an answer; later ones are asked first.
    func answer(_ answer: @escaping Answer) { state.withLock { $0.answers.insert(answer, at: 0) } }

    /// Answers requests of this method whose path ends so, in turn with each of these; the last is repeated.
    func answer(_ method: ProxmoxRequest.Method, _ end: String, _ results: Result<Value, ProxmoxFault>...) {
        let left = Mutex(results)
        answer { request in
            guard request.method == method, request.display.hasSuffix(end) else { return nil }
            return try left.withLock { $0.count > 1 ? $0.removeFirst() : $0[0] }.get()
        }
    }

    var requests: [ProxmoxRequest] { state.withLock { $0.requests } }

    /// How often a request of this method and end was sent.
    func count(_ method: ProxmoxRequest.Method, _ end: String) -> Int {
        requests.count { $0.method == method && $0.display.hasSuffix(end) }
    }

    func send(_ request: ProxmoxRequest) async throws -> Value {
        let answers = state.withLock { state in
            state.requests.append(request)
            return state.answers
        }
        for answer in answers {
            if let value = try answer(request) { return value }
        }
        throw ProxmoxFault(request: request.display, message: "no answer was scripted for this", kind: .fatal)
    }
}

extension ProxmoxFault {
    static func http(_ status: Int, _ message: String) -> ProxmoxFault {
        ProxmoxFault(request: "scripted", status: status, message: message)
    }
    static let lost = ProxmoxFault(request: "scripted", message: "the connection was closed before the reply")
}
