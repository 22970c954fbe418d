internal import MatrixCore
public import MatrixWeb

/// Sends requests to a fake Linode in this process, without sockets.
public struct FakeLinodeTransport: WebTransport {
    /// The base address of the API that it answers.
    public static let endpoint = "https://linode.fake/v4"

    private let fake: FakeLinode
    private let asked: @Sendable (WebRequest) -> Void

    /// - Parameter asked: called with each request before it is answered.
    public init(_ fake: FakeLinode, asked: @escaping @Sendable (WebRequest) -> Void = { _ in }) {
        self.fake = fake
        self.asked = asked
    }

    public func send(_ request: WebRequest, within limit: Duration) async throws -> WebReply {
        guard request.url.hasPrefix("\(Self.endpoint)/") else { throw WebFailure(.connection, "there is no \(request.url) here") }
        asked(request)
        // A cancelled client sends no request.
        try Task.checkCancellation()
        let read = FakeLinodeRequest(
            request.method, "/v4" + request.url.dropFirst(Self.endpoint.count), headers: request.headers, body: request.body ?? [])
        let answer: FakeLinodeAnswer
        do {
            answer = try await withDeadline(limit) { [fake] in try await fake.respond(to: read) }
        } catch is FakeLinode.ConnectionLost {
            throw WebFailure(.connection, "the connection ended without a reply")
        } catch is DeadlineExceeded {
            throw WebFailure(.timeout, "no reply in \(limit.brief)")
        }
        if answer.cutAfter != nil { throw WebFailure(.connection, "the connection broke within the reply") }
        return WebReply(status: answer.status, headers: answer.headers, body: answer.body)
    }
}
