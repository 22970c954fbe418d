import MatrixCore
import Testing

@testable import MatrixChecks

/// Names, connections and ports, asked for real from this machine.
@Suite(Requirement.tools("python3", "bash")) struct NetworkTests {
    private func verdicts(_ checks: [String], _ modifiers: CheckModifiers = CheckModifiers()) async throws -> [CaseResult] {
        let steps = try checks.enumerated().map { try Samples.step("check \($0.offset)", $0.element, modifiers: modifiers) }
        return try await Samples.verify(steps, over: ShellTransport())
    }

    @Test func recordsOfANameServer() async throws {
        let names = try NameServer()
        let server = "server: 127.0.0.1:\(names.port)"
        let good = [
            "dns: host.test\n\(server)\naddresses: [192.0.2.11]", "dns: host.test\n\(server)\ntype: AAAA\naddresses: 2001:db8::1",
            "dns: host.test\n\(server)\naddresses: { len: 2 }",
            "dns: mail.test\n\(server)\ntype: MX\nanswers: 10 mx.test", "dns: text.test\n\(server)\ntype: TXT\nanswers: hello world",
            "dns: caa.test\n\(server)\ntype: CAA\nanswers: 0 issue ca.test", "dns: zone.test\n\(server)\ntype: NS\nanswers: ns1.test",
            "dns: long.test\n\(server)\ntype: TXT\nanswers: { len: 20 }", "dns: gone.test\n\(server)\nresolves: false", "dns: mail.test\n\(server)\nresolves: false",
        ]
        for (check, result) in zip(good, try await verdicts(good)) { #expect(result.outcome == .passed, "\(check)\n\(result.detail ?? "")") }
        let bad = [
            ("dns: gone.test\n\(server)", "resolves: expected true, observed false (NXDOMAIN)"),
            ("dns: mail.test\n\(server)", "resolves: expected true, observed false (no record of type A)"),
            ("dns: broken.test\n\(server)", "resolves: expected true, observed false (127.0.0.1 answers SERVFAIL)"),
            ("dns: host.test\n\(server)\naddresses: 192.0.2.99", "addresses: expected something that contains \"192.0.2.99\", observed [\"192.0.2.10\",\"192.0.2.11\"]"),
            ("dns: host.test\n\(server)\nresolves: false", "resolves: expected false, observed true (192.0.2.10, 192.0.2.11)"),
            ("dns: silent.test\n\(server)\ntimeout: 1s", "resolves: expected true, observed false (127.0.0.1 does not answer)"),
        ]
        for ((check, message), result) in zip(bad, try await verdicts(bad.map(\.0))) { #expect(result.message == message, "\(check)") }
    }

    /// That a name does not exist must have been said by somebody.
    @Test func silenceIsNoAnswer() async throws {
        let names = try NameServer()
        let results = try await verdicts([
            "dns: silent.test\nserver: 127.0.0.1:\(names.port)\nresolves: false\ntimeout: 1s", "dns: broken.test\nserver: 127.0.0.1:\(names.port)\nresolves: false",
        ])
        #expect(results.map(\.outcome) == [.error, .error])
        #expect(results[1].message == "could not be asked: 127.0.0.1 answers SERVFAIL, so that nothing is known of broken.test; see whether the name server works")
    }

    @Test func theSystemsResolver() async throws {
        let results = try await verdicts([
            "dns: localhost", "dns: localhost\ntype: A\naddresses: 127.0.0.1", "dns: localhost\naddresses: [192.0.2.1]", "dns: localhost\nresolves: false",
        ])
        #expect(results.map(\.outcome) == [.passed, .passed, .failed, .failed])
    }

    @Test func messagesThatLieAreNoAnswers() {
        #expect(DNSMessage([], id: 1) == nil)
        #expect(DNSMessage([0, 1, 0x81, 0x80, 0, 1, 0, 1, 0, 0, 0, 0], id: 1) == nil)
        // A name that points to itself.
        #expect(DNSMessage([0, 1, 0x81, 0x80, 0, 1, 0, 0, 0, 0, 0, 0, 0xc0, 0x0c, 0, 1, 0, 1], id: 1) == nil)
        #expect(DNSMessage([0, 2, 0x81, 0x80, 0, 0, 0, 0, 0, 0, 0, 0], id: 1) == nil)
        #expect(DNSMessage([0, 1, 0x81, 0x83, 0, 0, 0, 0, 0, 0, 0, 0], id: 1)?.codeName == "NXDOMAIN")
        #expect(DNSMessage.question(String(repeating: "x", count: 64) + ".test", .a, id: 1) == nil)
        #expect(DNSMessage.reverse("192.0.2.1") == "1.2.0.192.in-addr.arpa")
        #expect(DNSMessage.reverse("2001:db8::1") == "1.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.8.b.d.0.1.0.0.2.ip6.arpa")
        #expect(DNSMessage.reverse("host.test") == nil)
    }

    @Test func connections() async throws {
        let server = try EchoServer()
        let names = try NameServer()
        let gone = try EchoServer()
        gone.stop()
        // The bytes of a question for host.test, which the name server answers.
        let send = #"\\x12\\x34\\x01\\x00\\x00\\x01\\x00\\x00\\x00\\x00\\x00\\x00\\x04host\\x04test\\x00\\x00\\x01\\x00\\x01"#
        let results = try await verdicts([
            "addr: 127.0.0.1:\(server.port)", "addr: localhost:\(server.port)\nreachable: false", "addr: 127.0.0.1:\(gone.port)\nreachable: false", "addr: 127.0.0.1:\(gone.port)",
            "addr: no-such-name.invalid:80", "addr: 127.0.0.1:\(names.port)\nprotocol: udp\nsend: \"\(send)\"", "addr: 127.0.0.1:\(gone.port)\nprotocol: udp\nsend: x\ntimeout: 1s",
        ])
        #expect(results.map(\.outcome) == [.passed, .failed, .passed, .failed, .failed, .passed, .failed])
        #expect(results[3].message == "reachable: expected true, observed false (Connection refused)")
        #expect(results[4].message?.hasPrefix("reachable: expected true, observed false (") == true)
        #expect(results[6].message == "reachable: expected true, observed false (no answer to what was sent)")
    }

    /// A second host that is this machine, too: what matters is which of them is asked.
    @Test func pointsOfView() async throws {
        let server = try EchoServer()
        let gone = try EchoServer()
        gone.stop()
        let hosts = [HostPlan(name: "c-server-1", role: "server"), HostPlan(name: "c-client-1", role: "client")]
        let checks: [(String, CheckModifiers.Origin)] = [
            ("port: \(server.port)", .runner), ("port: \(server.port)", .role("client")), ("port: \(gone.port)", .runner), ("dns: localhost", .role("client")),
            ("addr: 127.0.0.1:\(server.port)", .runner), ("dns: localhost", .role("nobody")), ("port: \(gone.port)\nlistening: false", .role("client")),
        ]
        let steps = try checks.enumerated().map { try Samples.step("check \($0.offset)", $0.element.0, hosts: "server", modifiers: CheckModifiers(from: $0.element.1)) }
        let transports = [ShellTransport(), ShellTransport()]
        let runner = ShellTransport()
        let context = Samples.context(Samples.cell(hosts: hosts, verify: steps), transports: transports)
        let results = try await CheckRunner(runner: runner).verify(steps, in: context) { _ in }
        #expect(results.map(\.outcome) == [.passed, .passed, .failed, .passed, .passed, .error, .passed])
        #expect(results.map(\.host) == Array(repeating: "c-server-1", count: 7))
        #expect(transports.map(\.commandCount) == [0, 1] && runner.commandCount == 1)
        #expect(results[2].message == "listening: expected true, observed false (127.0.0.1:\(gone.port): Connection refused)")
        #expect(results[5].message?.contains("this cell has no host") == true)
    }

    @Test func addressesOfHostsBehindAForwardedPort() {
        let context = Samples.context(Samples.cell(), transports: [ShellTransport()])
        var host = context.hosts[0]
        host.endpoint.internalAddress = "10.88.0.5"
        #expect(Asker.runner(ShellTransport()).address(of: host) == "10.88.0.5")
        host.endpoint.address = "192.0.2.7"
        #expect(Asker.runner(ShellTransport()).address(of: host) == "192.0.2.7")
        #expect(Asker.host(host).address(of: host) == "10.88.0.5")
    }

    @Test(arguments: [("x:80", "x", 80), ("[::1]:80", "::1", 80), ("192.0.2.1", "192.0.2.1", 53), ("::1", "::1", 53), ("x", "x", 53)])
    func hostsWithPorts(_ text: String, _ host: String, _ port: Int) {
        #expect(HostPort(text, standard: 53).map { $0.host == host && $0.port == port } == true)
    }
}
