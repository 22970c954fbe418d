import MatrixCore
import MatrixTesting
import Testing

@testable import MatrixWeb

/// The client against a server in this process that answers badly.
@Suite struct WebClientTests {
    private static let endless = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
    private static let slow = Duration.milliseconds(300)
    /// Never over, even if all other tests run at the same time.
    static let patience = Duration.seconds(600)

    private func failure(
        _ steps: [ScriptedServer.Step], within limit: Duration = WebClientTests.patience, _ change: (inout WebSettings) -> Void = { _ in }
    ) async throws -> WebFailure {
        let server = try await ScriptedServer(steps)
        var settings = WebSettings()
        change(&settings)
        let client = try WebClient(settings)
        let failure = try #require(
            await #expect(throws: WebFailure.self) { try await client.send(WebRequest("GET", server.url), within: limit) })
        #expect(failure.server == "127.0.0.1:\(server.port)")
        #expect(failure.message.contains("127.0.0.1:\(server.port): \(failure.reason)"))
        return failure
    }

    @Test func aReplyHasStatusHeadersAndBody() async throws {
        let server = try await ScriptedServer([
            .send("HTTP/1.1 404 Not Found\r\nX-A: 1\r\nx-a: 2\r\nContent-Length: 5\r\n\r\nhe"), .send("llo"),
        ])
        let reply = try await WebClient().send(WebRequest("GET", server.url), within: .seconds(60))
        #expect(reply.status == 404 && reply.reason == "Not Found" && reply.text == "hello")
        #expect(reply.headers["x-a"] == "1, 2")
    }

    @Test func aBodyThatDripsEndsAtTheDeadline() async throws {
        let failure = try await failure([.send(Self.endless), .drip("1\r\nx\r\n")], within: Self.slow)
        #expect(failure.kind == .body && failure.reason == "it did not end within 0.3s")
    }

    @Test func aBodyThatStopsEndsAtTheDeadline() async throws {
        let failure = try await failure([.send("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhe")], within: Self.slow)
        #expect(failure.kind == .body && failure.reason == "it did not end within 0.3s")
    }

    @Test func aBodyThatStopsEndsAfterTheLongestSilence() async throws {
        let failure = try await failure([.send("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhe")]) { $0.silence = Self.slow }
        #expect(failure.kind == .body && failure.reason == "the server stopped sending")
    }

    @Test func anEndlessBodyEndsAtTheLimit() async throws {
        let piece = "10000\r\n\(String(repeating: "x", count: 1 << 16))\r\n"
        let failure = try await failure([.send(Self.endless), .drip(piece, milliseconds: 0)]) { $0.bodyLimit = 1 << 20 }
        #expect(failure.kind == .body && failure.reason == "it is longer than 1.0 MiB", "\(failure.reason)")
        #expect(failure.message.hasPrefix("no complete answer from 127.0.0.1:"))
    }

    @Test(arguments: [0, 1]) func aBodyAsLongAsTheLimitIsWhole(_ more: Int) async throws {
        let server = try await ScriptedServer([.send("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello")])
        var settings = WebSettings()
        settings.bodyLimit = 5 + more
        #expect(try await WebClient(settings).send(WebRequest("GET", server.url), within: .seconds(60)).text == "hello")
    }

    @Test func aHeadThatNeverEndsEndsAtTheDeadline() async throws {
        let failure = try await failure([.send("HTTP/1.1 200 OK\r\n"), .drip("X-A: 1\r\n")], within: Self.slow)
        #expect(failure.kind == .timeout && failure.reason == "no reply in time")
    }

    /// On a busy machine the deadline is noticed late, and the server may break the connection before.
    @Test func whatGoesWrongAfterTheDeadlineIsNoReason() {
        struct Odd: Error {}
        #expect(WebFailure(Odd(), server: "s", isLate: false).kind == .connection)
        let late = WebFailure(Odd(), server: "s", isLate: true)
        #expect(late.kind == .timeout && late.reason == "no reply in time")
        #expect(WebFailure(WebFailure(.refused, "connection refused", server: "s"), server: "s", isLate: true).kind == .refused)
    }

    @Test func aServerThatSaysNothingEndsAtTheDeadline() async throws {
        let failure = try await failure([], within: Self.slow)
        #expect(failure.kind == .timeout && failure.reason == "no reply in time")
    }

    @Test(arguments: [WebClientTests.endless + "2\r\nhe\r\n", "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhe"])
    func aConnectionThatEndsWithinABodyIsNoReply(_ begun: String) async throws {
        let failure = try await failure([.send(begun), .close])
        #expect(failure.kind == .body && failure.reason == "the connection was closed before its end")
    }

    @Test func aConnectionThatEndsBeforeTheReplyIsClosed() async throws {
        let failure = try await failure([.close])
        #expect(failure.kind == .closed && failure.reason == "the connection was closed before the reply")
    }

    @Test func whatIsNotHTTPIsNoReply() async throws {
        let failure = try await failure([.send("SSH-2.0-OpenSSH_9.2\r\n\r\n")])
        #expect(failure.kind == .connection && failure.reason == "the reply is not HTTP")
    }

    @Test func aPortThatNobodyListensAtRefuses() async throws {
        let failure = try #require(
            await #expect(throws: WebFailure.self) {
                try await WebClient().send(WebRequest("GET", "http://127.0.0.1:1/x"), within: .seconds(60))
            })
        #expect(failure.kind == .refused && failure.message == "no answer from 127.0.0.1:1: connection refused")
    }

    @Test(.timeLimit(.minutes(10))) func aCancelledRequestIsNoFailure() async throws {
        let server = try await ScriptedServer([.send(Self.endless), .drip("1\r\nx\r\n")])
        let client = try WebClient()
        let url = server.url
        let (heads, head) = AsyncStream.makeStream(of: Void.self)
        let task = Task {
            try await client.exchange(WebRequest("GET", url), within: .seconds(3600)) { _, body in
                head.finish()
                for try await _ in body {}
            }
        }
        for await _ in heads {}
        task.cancel()
        await #expect(throws: CancellationError.self) { try await task.value }
    }

    @Test func aReaderMayStopEarly() async throws {
        let server = try await ScriptedServer([.send(Self.endless), .drip("1\r\nx\r\n")])
        let first = try await WebClient().exchange(WebRequest("GET", server.url), within: .seconds(60)) { _, body in
            for try await piece in body { return piece }
            return []
        }
        #expect(first.first == UInt8(ascii: "x"))
    }

    @Test(arguments: [(0, 302), (1, 200)]) func redirectsAreFollowedOnlyIfAskedFor(_ redirects: Int, _ status: Int) async throws {
        let target = try await ScriptedServer([.send("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")])
        let server = try await ScriptedServer([.send("HTTP/1.1 302 Found\r\nLocation: \(target.url)\r\nContent-Length: 0\r\n\r\n")])
        var settings = WebSettings()
        settings.redirects = redirects
        #expect(try await WebClient(settings).send(WebRequest("GET", server.url), within: .seconds(60)).status == status)
    }

    @Test(arguments: [(true, "VM is locked (backup)"), (false, "Internal Server Error")])
    func thePhraseBesideABadStatusIsReadOnRequest(_ isRead: Bool, _ reason: String) async throws {
        let server = try await ScriptedServer([.send("HTTP/1.1 500 VM is locked (backup)\r\nContent-Length: 0\r\n\r\n")])
        var settings = WebSettings()
        settings.readsReason = isRead
        let reply = try await WebClient(settings).send(WebRequest("GET", server.url), within: .seconds(60))
        #expect(reply.reason == reason && reply.headers["x-matrix-reason-phrase"] == nil)
    }

    @Test func namesAreTakenForAddressesOnRequest() async throws {
        let server = try await ScriptedServer([.send("HTTP/1.1 204 No Content\r\n\r\n")])
        var settings = WebSettings()
        settings.addresses = ["web.test": "127.0.0.1"]
        #expect(
            try await WebClient(settings).send(WebRequest("GET", "http://web.test:\(server.port)/"), within: .seconds(60)).status == 204)
    }

    @Test func authoritiesThatCannotBeReadAreAnError() {
        var settings = WebSettings()
        settings.authorities = .file("/nowhere/ca.pem")
        #expect(throws: (any Error).self) { try WebClient(settings) }
    }
}
