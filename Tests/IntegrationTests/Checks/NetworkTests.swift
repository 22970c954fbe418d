import IntegrationSupport
import MatrixCore
import Testing

@testable import MatrixChecks
@testable import MatrixChecksTests

/// Names, connections and ports, asked for real from this machine.
@Suite(.requires(.helperPrograms, .python)) struct NetworkTests {
    private func verdicts(_ checks: [String], _ modifiers: CheckModifiers = CheckModifiers()) async throws -> [CaseResult] {
        let steps = try checks.enumerated().map { try Samples.step("check \($0.offset)", $0.element, modifiers: modifiers) }
        return try await Samples.verify(steps, over: ShellTransport())
    }

    @Test func recordsOfANameServer() async throws {
        let names = try await PythonServer.names()
        let server = "server: 127.0.0.1:\(names.port)"
        let good = [
            "dns: host.test\n\(server)\naddresses: [192.0.2.11]", "dns: host.test\n\(server)\ntype: AAAA\naddresses: 2001:db8::1",
            "dns: host.test\n\(server)\naddresses: { len: 2 }",
            "dns: mail.test\n\(server)\ntype: MX\nanswers: 10 mx.test", "dns: text.test\n\(server)\ntype: TXT\nanswers: hello world",
            "dns: caa.test\n\(server)\ntype: CAA\nanswers: 0 issue ca.test", "dns: zone.test\n\(server)\ntype: NS\nanswers: ns1.test",
            "dns: long.test\n\(server)\ntype: TXT\nanswers: { len: 20 }", "dns: gone.test\n\(server)\nresolves: false",
            "dns: mail.test\n\(server)\nresolves: false",
        ]
        for (check, result) in zip(good, try await verdicts(good)) {
            #expect(result.outcome == .passed, "\(check)\n\(result.detail ?? "")")
        }
        let bad = [
            ("dns: gone.test\n\(server)", "resolves: expected true, observed false (NXDOMAIN)"),
            ("dns: mail.test\n\(server)", "resolves: expected true, observed false (no record of type A)"),
            ("dns: broken.test\n\(server)", "resolves: expected true, observed false (127.0.0.1 answers SERVFAIL)"),
            (
                "dns: host.test\n\(server)\naddresses: 192.0.2.99",
                "addresses: expected something that contains \"192.0.2.99\", observed [\"192.0.2.10\",\"192.0.2.11\"]"
            ),
            ("dns: host.test\n\(server)\nresolves: false", "resolves: expected false, observed true (192.0.2.10, 192.0.2.11)"),
            ("dns: silent.test\n\(server)\ntimeout: 3s", "resolves: expected true, observed false (127.0.0.1 does not answer)"),
        ]
        for ((check, message), result) in zip(bad, try await verdicts(bad.map(\.0))) { #expect(result.message == message, "\(check)") }
        try await names.stop()
    }

    /// That a name does not exist must have been said by somebody.
    @Test func silenceIsNoAnswer() async throws {
        let names = try await PythonServer.names()
        let results = try await verdicts([
            "dns: silent.test\nserver: 127.0.0.1:\(names.port)\nresolves: false\ntimeout: 3s",
            "dns: broken.test\nserver: 127.0.0.1:\(names.port)\nresolves: false",
        ])
        #expect(results.map(\.outcome) == [.error, .error])
        #expect(
            results[1].message
                == "could not be asked: 127.0.0.1 answers SERVFAIL, so it is not known whether broken.test exists; check the name server")
        try await names.stop()
    }

    @Test func theSystemsResolver() async throws {
        let results = try await verdicts([
            "dns: localhost", "dns: localhost\ntype: A\naddresses: 127.0.0.1", "dns: localhost\naddresses: [192.0.2.1]",
            "dns: localhost\nresolves: false",
        ])
        #expect(results.map(\.outcome) == [.passed, .passed, .failed, .failed])
    }

    @Test func connections() async throws {
        let server = try await PythonServer.listener()
        let names = try await PythonServer.names()
        let gone = try ClosedPort()
        // The bytes of a question for host.test, which the name server answers.
        let send = #"\\x12\\x34\\x01\\x00\\x00\\x01\\x00\\x00\\x00\\x00\\x00\\x00\\x04host\\x04test\\x00\\x00\\x01\\x00\\x01"#
        let results = try await verdicts([
            "addr: 127.0.0.1:\(server.port)", "addr: localhost:\(server.port)\nreachable: false",
            "addr: 127.0.0.1:\(gone.number)\nreachable: false",
            "addr: 127.0.0.1:\(gone.number)",
            "addr: no-such-name.invalid:80", "addr: 127.0.0.1:\(names.port)\nprotocol: udp\nsend: \"\(send)\"",
            "addr: 127.0.0.1:\(gone.number)\nprotocol: udp\nsend: x\ntimeout: 3s",
        ])
        #expect(results.map(\.outcome) == [.passed, .failed, .passed, .failed, .failed, .passed, .failed])
        #expect(results[3].message == "reachable: expected true, observed false (Connection refused)")
        #expect(results[4].message?.hasPrefix("reachable: expected true, observed false (") == true)
        #expect(results[6].message == "reachable: expected true, observed false (no answer to what was sent)")
        try await server.stop()
        try await names.stop()
    }

    /// A second host that is this machine, too: what matters is which of them is asked.
    @Test func pointsOfView() async throws {
        let server = try await PythonServer.listener()
        let gone = try ClosedPort()
        let hosts = [HostPlan(name: "c-server-1", role: "server"), HostPlan(name: "c-client-1", role: "client")]
        let checks: [(String, CheckModifiers.Origin)] = [
            ("port: \(server.port)", .runner), ("port: \(server.port)", .role("client")), ("port: \(gone.number)", .runner),
            ("dns: localhost", .role("client")),
            ("addr: 127.0.0.1:\(server.port)", .runner), ("dns: localhost", .role("nobody")),
            ("port: \(gone.number)\nlistening: false", .role("client")),
        ]
        let steps = try checks.enumerated().map {
            try Samples.step("check \($0.offset)", $0.element.0, hosts: "server", modifiers: CheckModifiers(from: $0.element.1))
        }
        let transports = [ShellTransport(), ShellTransport()]
        let runner = ShellTransport()
        let context = Samples.context(Samples.cell(hosts: hosts, verify: steps), transports: transports)
        let results = try await CheckRunner(runner: runner).verify(steps, in: context) { _ in }
        #expect(results.map(\.outcome) == [.passed, .passed, .failed, .passed, .passed, .error, .passed])
        #expect(results.map(\.host) == Array(repeating: "c-server-1", count: 7))
        #expect(transports.map(\.commandCount) == [0, 1] && runner.commandCount == 1)
        #expect(results[2].message == "listening: expected true, observed false (127.0.0.1:\(gone.number): Connection refused)")
        #expect(results[5].message?.contains("this cell has no host") == true)
        try await server.stop()
    }
}
