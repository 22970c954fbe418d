import Foundation
import MatrixCore
import Testing

@testable import MatrixChecks

/// http checks against a real server, through a forward as `ssh -L` makes it, and directly.
@Suite(Requirement.tools("python3", "openssl")) struct HTTPTests {
    private func verify(_ yaml: String, _ modifiers: CheckModifiers = CheckModifiers(), over transport: ShellTransport = ShellTransport()) async throws -> CaseResult {
        try #require(try await Samples.verify([try Samples.step("request", yaml, modifiers: modifiers)], over: transport).first)
    }

    @Test func requestsArriveAsWritten() async throws {
        let server = try EchoServer()
        let result = try await verify(
            """
            http: { url: "http://localhost:\(server.port)/200/a?b=c", method: post, headers: { X-Test: yes }, body: hello, auth: { user: me, password: "p:w" } }
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
        server.stop()
    }

    @Test func wrongAnswersQuoteBothSides() async throws {
        let server = try EchoServer()
        let result = try await verify("http: http://127.0.0.1:\(server.port)/503\njson: { status: fail, nothing: 1 }\nheaders: { x-none: a }")
        #expect(result.outcome == .failed)
        #expect(result.type == "matrix.check.http")
        #expect(result.message == "status: expected 200, observed 503 (and 3 more)")
        let detail = try #require(result.detail)
        #expect(detail.contains("json status\n  expected: \"fail\"\n  observed: \"pass\""))
        #expect(detail.contains("no such path; there is: body, count, data, headers, method, path, status"))
        #expect(detail.contains("header x-none\n  expected: \"a\"\n  observed: no such header; there are: "))
        #expect(detail.contains("$ ssh host 'curl -sS -i http://127.0.0.1:\(server.port)/503'"))
        server.stop()
    }

    @Test func redirectsAreAnswers() async throws {
        let server = try EchoServer()
        #expect(try await verify("http: http://localhost:\(server.port)/302\nstatus: 302\nheaders: { location: /200 }").outcome == .passed)
        server.stop()
    }

    @Test func bodiesAreReadUpToALimit() async throws {
        let server = try EchoServer()
        #expect(try await verify("http: http://localhost:\(server.port)/big\nbody: { len: \(HTTPAsker.bodyLimit) }").outcome == .passed)
        #expect(try await verify("http: http://localhost:\(server.port)/big\njson: { a: 1 }").message == "json: expected JSON, observed a body of more than 1.0 MiB")
        server.stop()
    }

    @Test(arguments: [CheckModifiers.Origin.host, .runner, .role("host")], ["http", "https"])
    func aRefusedConnectionIsAVerdict(_ origin: CheckModifiers.Origin, _ scheme: String) async throws {
        let server = try EchoServer()
        server.stop()
        let result = try await verify("http: \(scheme)://127.0.0.1:\(server.port)/", CheckModifiers(from: origin))
        #expect(result.outcome == .failed)
        #expect(result.message?.contains("connection refused by 127.0.0.1:\(server.port)") == true, "\(result.message ?? "")")
    }

    @Test func slowServersAreAVerdict() async throws {
        let server = try EchoServer()
        let result = try await verify("http: http://127.0.0.1:\(server.port)/slow\ntimeout: 300ms")
        #expect(result.message == "answer: expected an answer from http://127.0.0.1:\(server.port)/slow, observed no answer from 127.0.0.1:\(server.port) within 0.3s")
        server.stop()
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
        let transport = DeadForwardTransport()
        let result = try #require(try await Samples.verify([try Samples.step("request", "http: http://localhost/")], over: transport).first)
        #expect(result.outcome == .error)
        #expect(result.message == "could not be asked: the connection to the host was lost; see whether the host still answers by SSH")
    }

    @Test func oneForwardServesAPort() async throws {
        let server = try EchoServer()
        let transport = ShellTransport()
        let steps = try (1...20).map { try Samples.step("request \($0)", "http: http://localhost:\(server.port)/200/\($0)") }
        let results = try await Samples.verify(steps, over: transport)
        #expect(results.allSatisfy { $0.outcome == .passed })
        #expect(results.map(\.name) == steps.map(\.name))
        #expect(transport.forwardCount == 1)
        #expect(transport.commandCount == 0)
        server.stop()
    }

    @Test func withinAsksUntilItHolds() async throws {
        let server = try EchoServer()
        let modifiers = CheckModifiers(within: .seconds(30), every: .milliseconds(50))
        let result = try await verify("http: http://localhost:\(server.port)/third", modifiers)
        #expect(result.outcome == .passed)
        #expect(result.properties["attempts"] == "3")
        #expect(result.properties["observed"] == "status: 200")
        server.stop()
    }
}

/// TLS: names, authorities and ends of certificates, as the URL says them and not the forward.
@Suite(Requirement.tools("python3", "openssl")) struct TLSTests {
    private func withServer(days: Int = 30, _ body: (EchoServer, String) async throws -> Void) async throws {
        let folder = try await ShellTransport().require(Command(["mktemp", "-d"]), "a folder").output
        let script = """
            cd \(folder) && openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -keyout key.pem -out cert.pem -days \(days) \
            -subj /CN=app.test -addext subjectAltName=DNS:app.test,DNS:localhost,IP:127.0.0.1 2>/dev/null && cat cert.pem key.pem >both.pem
            """
        try await ShellTransport().require(Command(["sh", "-c", script]), "a certificate")
        let server = try EchoServer(certificate: "\(folder)/both.pem")
        try await body(server, folder)
        server.stop()
        try FileManager.default.removeItem(atPath: folder)
    }

    private func verify(_ yaml: String, from origin: CheckModifiers.Origin = .host) async throws -> CaseResult {
        try #require(try await Samples.verify([try Samples.step("tls", yaml, modifiers: CheckModifiers(from: origin))], over: ShellTransport()).first)
    }

    @Test func namesAndAuthoritiesAreVerified() async throws {
        try await withServer { server, folder in
            let local = "http: https://localhost:\(server.port)/200"
            for origin in [CheckModifiers.Origin.host, .runner] {
                #expect(try await verify("\(local)\ntls: { ca: \(folder)/cert.pem }", from: origin).outcome == .passed)
                #expect(try await verify("\(local)\ntls: { verify: false }", from: origin).outcome == .passed)
                let named = "http: { url: \"https://127.0.0.1:\(server.port)/200\", tls: { ca: \(folder)/cert.pem, server_name: app.test } }"
                #expect(try await verify("\(named)\njson: { headers.host: \"127.0.0.1:\(server.port)\" }", from: origin).outcome == .passed)
                let unknown = try await verify(local, from: origin)
                #expect(unknown.outcome == .failed)
                #expect(unknown.message?.contains("the certificate cannot be verified") == true, "\(unknown.message ?? "")")
                let misnamed = try await verify("\(local)\ntls: { ca: \(folder)/cert.pem, server_name: other.test }", from: origin)
                #expect(misnamed.message?.contains("the certificate is not for other.test") == true, "\(misnamed.message ?? "")")
            }
            for host in ["localhost", "127.0.0.1"] {
                #expect(try await verify("http: https://\(host):\(server.port)/200\ntls: { ca: \(folder)/cert.pem }").outcome == .passed)
            }
            let missing = try await verify("\(local)\ntls: { ca: \(folder)/none.pem }")
            #expect(missing.outcome == .error)
            let plain = try await verify("http: http://localhost:\(server.port)/200")
            #expect(plain.outcome == .failed)
        }
    }

    @Test func wildcardsStandForOneLabel() {
        #expect(CertificateObserver.fits("a.example.org", "*.example.org"))
        #expect(CertificateObserver.fits("A.example.org", "a.EXAMPLE.org"))
        for (name, pattern) in [("a.b.example.org", "*.example.org"), ("example.org", "*.example.org"), ("a.org", "*.org"), ("ab.example.org", "a*.example.org"), ("", "")] {
            #expect(!CertificateObserver.fits(name, pattern))
        }
    }

    @Test func certificatesMustStayValid() async throws {
        try await withServer(days: 20) { server, folder in
            let url = "http: https://localhost:\(server.port)/200\ntls: { ca: \(folder)/cert.pem }"
            #expect(try await verify("\(url)\ncertificate: { valid_for: 14d }").outcome == .passed)
            let short = try await verify("\(url)\ncertificate: { valid_for: 21d }")
            #expect(short.outcome == .failed)
            #expect(short.message?.hasPrefix("certificate: expected valid for 21 days more, observed valid until 20") == true, "\(short.message ?? "")")
        }
    }

    @Test func plainServersAreNamed() async throws {
        let server = try EchoServer()
        let result = try await verify("http: https://localhost:\(server.port)/")
        #expect(result.outcome == .failed)
        #expect(result.message?.contains("does not speak TLS") == true, "\(result.message ?? "")")
        server.stop()
    }
}

/// A host whose connection is gone.
struct BrokenTransport: Transport {
    private func lost(_ what: String) -> InfrastructureError { InfrastructureError(what, why: "connection lost") }
    func run(_ command: Command, onLine: @Sendable (OutputLine) async -> Void) async throws -> CommandResult { throw lost("no command") }
    func upload(_ local: String, to remote: String) async throws { throw lost("no upload") }
    func download(_ remote: String, to local: String) async throws { throw lost("no download") }
    func forward(to host: String, port: Int) async throws -> Int { throw lost("no forward") }
    func commandLine(for command: Command) -> String { command.display }
    func close() async {}
}

/// A host whose forwards lead to a port that nothing listens on any more.
struct DeadForwardTransport: Transport {
    func run(_ command: Command, onLine: @Sendable (OutputLine) async -> Void) async throws -> CommandResult { CommandResult(exitStatus: 255) }
    func upload(_ local: String, to remote: String) async throws {}
    func download(_ remote: String, to local: String) async throws {}
    func forward(to host: String, port: Int) async throws -> Int {
        let server = try EchoServer()
        server.stop()
        return server.port
    }
    func commandLine(for command: Command) -> String { command.display }
    func close() async {}
}
