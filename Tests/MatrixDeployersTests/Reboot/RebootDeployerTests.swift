import MatrixCore
import MatrixTesting
import Testing

@testable import MatrixDeployers

/// What a `reboot` step makes of a restart.
@Suite struct RebootDeployerTests {
    private struct Restarter: HostRestarter {
        let fresh: ScriptedTransport?
        var error: (any Error)?

        func restart(_ host: Host, within limit: Duration, waiting: @escaping @Sendable (String) -> Void) async throws -> Host {
            if let error { throw error }
            var host = host
            if let fresh { host.transport = fresh }
            return host
        }
    }

    private func cases(
        after: String = "state running\n== status\n", error: (any Error)? = nil, roles: [String] = ["host"], beside: [String: Value] = [:]
    ) async throws -> (cases: [CaseResult], asked: [Command]) {
        let sandbox = try Sandbox()
        let (old, new) = (ScriptedTransport(), ScriptedTransport())
        old.answer("is-system-running", output: "state running\nrunning loki.service\n== status\n")
        new.answer("is-system-running", output: after)
        var context = sandbox.context(roles: roles, transport: old)
        context.restarter = Restarter(fresh: new, error: error)
        let step = sandbox.step("reboot", .null, name: "reboot", beside: beside)
        let cases = try await RebootDeployer().deploy(step, in: context) { _ in }
        // The sandbox's folder ends with it.
        for name in cases.flatMap(\.attachments) {
            let file = "\(sandbox.path)/artifacts/\(name.split(separator: "/").suffix(2).joined(separator: "/"))"
            #expect(FileSystem.text(of: file)?.contains("Kernel panic") == true, "\(file)")
        }
        return (cases, new.commands)
    }

    @Test("a host that is whole passes, and is asked for the services that ran before")
    func whole() async throws {
        let (cases, asked) = try await self.cases()
        #expect(cases.map(\.outcome) == [.passed] && cases[0].properties["observed"] == "the system is running")
        #expect(asked.count == 1 && asked[0].arguments.last == "loki.service" && asked[0].user == "root")
    }

    @Test("a failed unit is a failure with what systemd says of it")
    func failedUnit() async throws {
        let after = "state degraded\nfailed loki.service\n== status\n× loki.service - Loki\n"
        let (failed, _) = try await self.cases(after: after)
        #expect(failed[0].outcome == .failed && failed[0].type == "matrix.reboot")
        #expect(failed[0].message == "failed at the boot: loki.service")
        #expect(failed[0].detail?.contains("× loki.service - Loki") == true && failed[0].detail?.contains("see it with:\n$ ") == true)
        let (ignored, _) = try await self.cases(after: after, beside: ["ignore": ["loki.*"]])
        #expect(ignored[0].outcome == .passed)
    }

    @Test("a host that does not come back is a failure with its console")
    func noReturn() async throws {
        let error = NoReturn("it did not come back within 10m", evidence: [Evidence("console", text: "Kernel panic\n", advice: "look")])
        let (cases, _) = try await self.cases(error: error)
        #expect(cases[0].outcome == .failed && cases[0].message == "it did not come back within 10m")
        #expect(cases[0].detail?.contains("Kernel panic") == true && cases[0].detail?.contains("next: look") == true)
        #expect(cases[0].attachments.count == 1, "\(cases[0].attachments)")
    }

    @Test("of several hosts each has its case, and the step's own sums them up")
    func severalHosts() async throws {
        let (cases, _) = try await self.cases(after: "state degraded\nfailed x.service\n== status\n", roles: ["server", "client"])
        #expect(cases.map(\.name) == ["reboot", "reboot (server)", "reboot (client)"])
        #expect(cases[0].message == "failed on 2 of 2 hosts: failed at the boot: x.service")
    }

    @Test("what is not a verdict is an error")
    func infrastructure() async throws {
        let refusal = InfrastructureError("rebooting", why: "no", isTransient: false)
        await #expect(throws: InfrastructureError.self) { try await self.cases(error: refusal) }
    }
}
