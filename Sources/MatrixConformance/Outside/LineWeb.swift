internal import MatrixWeb

/// Sends web requests over a line.
struct LineWeb: WebTransport {
    let web: any WebTransport
    let line: OutsideLine

    func send(_ request: WebRequest, within limit: Duration) async throws -> WebReply {
        try await line.call(changes: request.method != "GET") {
            WebReply(status: 200, headers: ["Content-Type": "application/json"], body: Array($0.utf8))
        } lost: {
            WebFailure(.closed, "the connection was closed before the reply")
        } _: {
            try await web.send(request, within: limit)
        }
    }
}
