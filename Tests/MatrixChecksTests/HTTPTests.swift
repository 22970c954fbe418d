import MatrixCore
import MatrixTesting
import Testing

@testable import MatrixChecks

/// http checks against a server in this process, through a forward as `ssh -L` makes it, and directly.
@Suite struct HTTPTests {
    private func verify(
        _ yaml: String, _ modifiers: CheckModifiers = CheckModifiers(), over transport: ForwardingTransport = ForwardingTransport()
    ) async throws -> CaseResult {
        try #require(try await Samples.verify([try Samples.step("request", yaml, modifiers: modifiers)], over: transport).first)
    }

    @Test func requestsArriveAsWritten() async throws {
        let server = try await LocalServer.echo()
        let result = try await verify(
            """
            http: { url: "http://localhost:\(server.port)/200/a?b=c", method: post, headers: { X-Test: yes }, body: hello, auth: \
            { user: me, password: "p:w" } }
            json:
              method: POST
              path: /200/a?b=c
              body: hello
              'headers["x-test"]': "yes"
              headers.host: localhost:\(server.port)
              headers.authorization: Basic bWU6cDp3
              data.0.up: { gt: 1 }
            headers: { content-type: { contains: json } }
            body: { contains: '"status": "pass"' }
            """)
        #expect(result.outcome == .passed, "\(result.detail ?? "")")
        await server.stop()
    }

    @Test func wrongAnswersQuoteBothSides() async throws {
        let server = try await LocalServer.echo()
        let result = try await verify(
            "http: http://127.0.0.1:\(server.port)/503\njson: { status: fail, nothing: 1 }\nheaders: { x-none: a }")
        #expect(result.outcome == .failed)
        #expect(result.type == "matrix.check.http")
        #expect(result.message == "status: expected 200, observed 503 (and 3 more)")
        let detail = try #require(result.detail)
        #expect(detail.contains("json status\n  expected: \"fail\"\n  observed: \"pass\""))
        #expect(detail.contains("no such path; there is: body, count, data, headers, method, path, status"))
        #expect(detail.contains("header x-none\n  expected: \"a\"\n  observed: no such header; there are: "))
        #expect(detail.contains("$ ssh host 'curl -sS -i http://127.0.0.1:\(server.port)/503'"))
        await server.stop()
    }

    @Test("A message that is cut within a secret shows no part of it")
    func secretsAreHiddenBeforeMessagesAreCut() async throws {
        let server = try await LocalServer.echo()
        let redactor = Redactor()
        redactor.hide("correct-horse-battery")
        let body = String(repeating: "x", count: 100) + "correct-horse-battery"
        let step = try Samples.step(
            "request", "http: { url: http://localhost:\(server.port)/200, method: post, body: \(body) }\nbody: none")
        let result = try #require(try await Samples.verify([step], over: ForwardingTransport(), redactor: redactor).first)
        let message = try #require(result.message)
        #expect(message.contains("xxx[redact") && !message.contains("corr"), "\(message)")
        await server.stop()
    }

    @Test func redirectsAreAnswers() async throws {
        let server = try await LocalServer.echo()
        #expect(try await verify("http: http://localhost:\(server.port)/302\nstatus: 302\nheaders: { location: /200 }").outcome == .passed)
        await server.stop()
    }

    @Test func bodiesAreReadUpToALimit() async throws {
        let server = try await LocalServer.echo()
        #expect(try await verify("http: http://localhost:\(server.port)/big\nbody: { contains: xxx }").outcome == .passed)
        // How long the whole body is, nobody knows.
        let result = try await verify("http: http://localhost:\(server.port)/big\nbody: { len: \(HTTPExchange.bodyLimit) }")
        #expect(result.outcome == .error)
        #expect(result.message?.contains("only its first 1.0 MiB were read") == true, "\(result.message ?? "")")
        #expect(
            try await verify("http: http://localhost:\(server.port)/big\njson: { a: 1 }").message
                == "json: expected JSON, observed a body of more than 1.0 MiB")
        await server.stop()
    }

    @Test(arguments: [CheckModifiers.Origin.host, .runner, .role("host")], ["http", "https"])
    func aRefusedConnectionIsAVerdict(_ origin: CheckModifiers.Origin, _ scheme: String) async throws {
        let gone = try ClosedPort()
        let result = try await verify("http: \(scheme)://127.0.0.1:\(gone.number)/", CheckModifiers(from: origin))
        #expect(result.outcome == .failed)
        #expect(result.message?.contains("connection refused by 127.0.0.1:\(gone.number)") == true, "\(result.message ?? "")")
    }

    /// Without asking, a refused forward is no different from a server that closes at once.
    @Test(arguments: ["http", "https"])
    func `A host that refuses forwards is no verdict, and nothing waives it`(scheme: String) async throws {
        let gone = try ClosedPort()
        let transport = ForwardingTransport(to: gone.number, isRefusing: true)
        var modifiers = CheckModifiers()
        modifiers.waiver = Waiver(until: "2999-01-01", because: "x")
        for modifiers in [CheckModifiers(), modifiers] {
            let result = try await verify("http: \(scheme)://127.0.0.1:9080/", modifiers, over: transport)
            #expect(result.outcome == .error && result.type == "matrix.check.http.unanswered")
            #expect(result.message?.contains("AllowTcpForwarding, PermitOpen") == true, "\(result.message ?? "")")
        }
    }

    @Test func `A program of a host that refuses forwards relays, and the report names it`() async throws {
        let (server, gone) = (try await LocalServer.echo(), try ClosedPort())
        let transport = ForwardingTransport(to: gone.number, isRefusing: true, relayed: server.port)
        let steps = try ["200/1", "503", "200/2"].map { try Samples.step("request \($0)", "http: http://10.0.0.7:9080/\($0)") }
        let results = try await Samples.verify(steps, over: transport)
        #expect(results.map(\.outcome) == [.passed, .failed, .passed], "\(results.map(\.message))")
        #expect(results.allSatisfy { $0.properties["route"] == "relayed by socat on the host: its sshd refuses forwards" })
        #expect(transport.targets.filter { $0.hasPrefix("relay") } == ["relay 10.0.0.7 9080"])
        let refused = ForwardingTransport(to: gone.number, isRefusing: true, relayed: gone.number)
        let result = try await verify("http: http://127.0.0.1:9080/", over: refused)
        #expect(result.outcome == .failed && result.message?.contains("connection refused by 127.0.0.1:9080") == true)
        let lost = ForwardingTransport(to: gone.number, isRefusing: true, relayed: gone.number, isGone: true)
        let unanswered = try await verify("http: http://127.0.0.1:9080/", over: lost)
        #expect(unanswered.outcome == .error && unanswered.message?.contains("the connection to the host was lost") == true)
        await server.stop()
    }

    /// `PermitOpen` of one target says nothing of the others.
    @Test func `A host may refuse forwards to some servers only`() async throws {
        let (server, gone) = (try await LocalServer.echo(), try ClosedPort())
        let transport = ForwardingTransport(to: gone.number, isRefusing: true, allowed: server.port, relayed: server.port)
        let results = try await Samples.verify(
            [
                try Samples.step("allowed", "http: http://127.0.0.1:\(server.port)/200/1"),
                try Samples.step("refused", "http: http://127.0.0.1:9080/200/1"),
            ], over: transport)
        #expect(results.map(\.outcome) == [.passed, .passed], "\(results.map(\.message))")
        #expect(results.map { $0.properties["route"] == nil } == [true, false])
        await server.stop()
    }

    @Test(arguments: ["[2001:db8::1]", "192.0.2.7", "name.test"]) func `Addresses go through the forward`(host: String) async throws {
        let server = try await LocalServer.echo()
        let transport = ForwardingTransport(to: server.port)
        let result = try await verify("http: \"http://\(host):8080/200\"\njson: { headers.host: \"\(host):8080\" }", over: transport)
        #expect(result.outcome == .passed, "\(result.detail ?? "")")
        #expect(transport.targets == ["\(host.filter { !"[]".contains($0) }) 8080"])
        await server.stop()
    }

    @Test func `A path and a query arrive as they are written`() async throws {
        let server = try await LocalServer.echo()
        let result = try await verify(
            """
            http: 'http://localhost:\(server.port)/200/a%2Fb|c?q=up{job="a"}[5m]&r=%7B'
            json: { path: '/200/a%2Fb%7Cc?q=up%7Bjob=%22a%22%7D%5B5m%5D&r=%7B' }
            """)
        #expect(result.outcome == .passed, "\(result.detail ?? "")")
        await server.stop()
    }

    @Test func slowServersAreAVerdict() async throws {
        let server = try await LocalServer.echo()
        let result = try await verify("http: http://127.0.0.1:\(server.port)/slow\ntimeout: 300ms")
        #expect(
            result.message
                == "answer: expected an answer from http://127.0.0.1:\(server.port)/slow, "
                + "observed no answer from 127.0.0.1:\(server.port) within 0.3s"
        )
        await server.stop()
    }

    /// If nothing comes over the connection, the silence says nothing of the server.
    @Test func `A request whose connection stood still is no verdict`() async throws {
        let server = try await LocalServer.echo()
        let transport = ForwardingTransport(pause: .seconds(3))
        let result = try await verify("http: http://127.0.0.1:\(server.port)/slow\ntimeout: 300ms", over: transport)
        #expect(result.outcome == .error && result.type == "matrix.check.http.unanswered")
        #expect(result.message?.contains("nothing came over the connection for ") == true, "\(result.message ?? "")")
        await server.stop()
    }

    @Test func aBrokenTransportIsInfrastructure() async throws {
        let transport = BrokenTransport()
        let steps = [try Samples.step("request", "http: http://localhost/"), try Samples.step("service", "service: x")]
        let results = try await Samples.verify(steps, over: transport)
        #expect(results.map(\.outcome) == [.error, .error])
        #expect(results.map(\.type) == ["matrix.check.http.unanswered", "matrix.check.service.unanswered"])
        #expect(results[0].message == "could not be asked: no forward: connection lost")
    }

    @Test func aForwardThatEndedIsInfrastructure() async throws {
        let transport = DeadForwardTransport(gone: try ClosedPort())
        let result = try #require(try await Samples.verify([try Samples.step("request", "http: http://localhost/")], over: transport).first)
        #expect(result.outcome == .error)
        #expect(result.message == "could not be asked: the connection to the host was lost; check whether the host still answers over SSH")
    }

    @Test func oneForwardServesAPort() async throws {
        let server = try await LocalServer.echo()
        let transport = ForwardingTransport()
        let steps = try (1...20).map { try Samples.step("request \($0)", "http: http://localhost:\(server.port)/200/\($0)") }
        let results = try await Samples.verify(steps, over: transport)
        #expect(results.allSatisfy { $0.outcome == .passed })
        #expect(results.map(\.name) == steps.map(\.name))
        #expect(transport.forwardCount == 1)
        await server.stop()
    }

    @Test func withinAsksUntilItHolds() async throws {
        let server = try await LocalServer.echo()
        let modifiers = CheckModifiers(within: .seconds(30), every: .milliseconds(50))
        let result = try await verify("http: http://localhost:\(server.port)/third", modifiers)
        #expect(result.outcome == .passed)
        #expect(result.properties["attempts"] == "3")
        #expect(result.properties["observed"] == "status: 200")
        await server.stop()
    }

    @Test func plainServersAreNamed() async throws {
        let server = try await LocalServer.echo()
        let result = try await verify("http: https://localhost:\(server.port)/")
        #expect(result.outcome == .failed)
        #expect(result.message?.contains("does not speak TLS") == true, "\(result.message ?? "")")
        await server.stop()
    }

    /// Whether or not the server answers, the check ends after its timeout.
    @Test(.timeLimit(.minutes(5)), arguments: ScriptedServer.misbehaviours.keys.sorted(), [CheckModifiers.Origin.host, .runner])
    func aServerThatNeverEndsIsAVerdict(_ kind: String, _ origin: CheckModifiers.Origin) async throws {
        let server = try await ScriptedServer(try #require(ScriptedServer.misbehaviours[kind]))
        let result = try await verify("http: http://127.0.0.1:\(server.port)/\ntimeout: 300ms", CheckModifiers(from: origin))
        #expect(result.outcome == .failed)
        let message = try #require(result.message)
        #expect(message.contains("within 0.3s"), "\(message)")
    }
}
