import MatrixCore
import MatrixWeb
import Testing

/// The small server of local pages.
@Suite struct LoopbackServerTests {
    /// Runs a server during `body`.
    private func served(
        _ answer: @escaping @Sendable (LoopbackServer.Request) async -> LoopbackServer.Response, _ body: (String) async throws -> Void
    ) async throws {
        let server = try await LoopbackServer(port: 0)
        let serving = Task { await server.serve(answer) }
        do { try await body("http://127.0.0.1:\(server.port)") } catch {
            serving.cancel()
            throw error
        }
        serving.cancel()
        await serving.value
    }

    @Test func `A request comes with its target and headers, an answer with its status, headers and body`() async throws {
        try await served { request in
            LoopbackServer.Response(
                request.headers["x-who"] == "me" ? 200 : 403, headers: ["X-Said": request.method],
                body: .bytes(Array("you asked \(request.target)".utf8)))
        } _: { url in
            let client = try WebClient()
            let request = WebRequest("GET", "\(url)/a/b?c=d", headers: ["X-Who": "me"])
            let reply = try await client.send(request, within: WebClientTests.patience)
            #expect(reply.status == 200 && reply.text == "you asked /a/b?c=d" && reply.headers["x-said"] == "GET")
            #expect(try await client.send(WebRequest("GET", url), within: WebClientTests.patience).status == 403)
        }
    }

    @Test func `Pieces arrive as they come, and their source learns that the client has gone`() async throws {
        let (ended, end) = AsyncStream.makeStream(of: Void.self)
        try await served { _ in
            let (pieces, source) = AsyncStream.makeStream(of: [UInt8].self)
            source.onTermination = { _ in end.finish() }
            let speaking = Task {
                while !Task.isCancelled {
                    source.yield(Array("piece\n".utf8))
                    try? await Task.sleep(for: .milliseconds(5))
                }
            }
            Task {
                for await _ in ended {}
                speaking.cancel()
            }
            return LoopbackServer.Response(200, body: .pieces(pieces))
        } _: { url in
            let first = try await WebClient().exchange(WebRequest("GET", url), within: WebClientTests.patience) { _, body in
                for try await piece in body { return String(decoding: piece, as: UTF8.self) }
                return ""
            }
            #expect(first.hasPrefix("piece\n"))
            for await _ in ended {}
        }
    }

    @Test func `A port that is in use is an error`() async throws {
        let server = try await LoopbackServer(port: 0)
        await #expect(throws: (any Error).self) { _ = try await LoopbackServer(port: server.port) }
        let serving = Task { await server.serve { _ in LoopbackServer.Response(200) } }
        serving.cancel()
        await serving.value
    }
}
