import IntegrationSupport
import MatrixCore
import Testing

@testable import MatrixChecks
@testable import MatrixChecksTests

/// The examples of goss's documentation that a host or a name server answers.
@Suite(.requires(.podman, .ssh, .helperPrograms, .python)) struct GossHostTests {
    /// The records of its `dns` examples, from a name server that has them.
    @Test func records() async throws {
        let names = try await PythonServer.names()
        let server = "server: 127.0.0.1:\(names.port)"
        let checks = [
            "dns: c.dnstest.io\ntype: CNAME\n\(server)\nanswers: a.dnstest.io", "dns: 8.8.8.8\ntype: PTR\n\(server)\nanswers: dns.google",
            "dns: _https._tcp.dnstest.io\ntype: SRV\n\(server)\nanswers: [0 5 443 a.dnstest.io, 10 10 443 b.dnstest.io]",
            "dns: c.dnstest.io\ntype: CNAME\n\(server)\nanswers: b.dnstest.io",
        ]
        let steps = try checks.enumerated().map { try Samples.step("\($0.offset)", $0.element) }
        #expect(try await Samples.verify(steps, over: ShellTransport()).map(\.outcome) == [.passed, .passed, .passed, .failed])
        try await names.stop()
    }

    /// Its examples of `file`, `kernel-param`, `command`, `user`, `service`, `port` and `process` on a real host.
    @Test func onARealHost() async throws {
        try await ContainerHost.overSSH(SystemdHostTests.setup) { _, transport in
            let checks = [
                ("file: /etc/passwd\nmode: \"0644\"\nowner: root\ngroup: root\ntype: file", true),
                ("file: /etc/group\nmode: \"0644\"\nowner: root\ngroup: root\ncontains: root", true),
                ("file: /tmp/goss/foobar\nexists: false", true), ("file: /root\nmode: \"0700\"", true),
                ("file: /etc/passwd\nmode: \"0600\"", false),
                ("command: echo 'hi'\nstdout: hi\nstderr: \"\"", true),
                ("command: foobar\nexit: 127\nstdout: \"\"\nstderr: { contains: not found }", true),
                ("sysctl: kernel.ostype\nvalue: Linux", true), ("service: store", true), ("service: httpd", false),
                ("process: sleep", true), ("process: chrome", false),
                ("port: 8086\naddress: 127.0.0.1", true), ("port: 8086\naddress: 0.0.0.0", false),
                ("package: nginx\ninstalled: false", true),
                ("addr: 127.0.0.1:8086\ntimeout: 30s", true),
            ]
            let steps = try checks.enumerated().map { try Samples.step("\($0.offset)", $0.element.0) }
            let results = try await Samples.verify(steps, over: transport)
            for (check, result) in zip(checks, results) {
                #expect((result.outcome == .passed) == check.1, "\(check.0)\n\(result.detail ?? "")")
            }
        }
    }
}
