import MatrixCore
import MatrixTesting
import Testing

@testable import MatrixEngine

/// A run whose parts say a secret wherever they can: it comes out nowhere, and what is planned keeps its name.
@Suite struct RedactionTests {
    private static let secret = "hunter2-secret"

    private func fixture(_ secret: String = Self.secret) -> Fixture {
        var fixture = Fixture()
        fixture.redactor.hide(secret)
        fixture.connector = TellingConnector(secret: secret)
        fixture.deployers = [
            ScriptedDeployer { step, _ in
                var task = ScriptedDeployer.result(step, .failed, "login with \(secret) refused")
                task.name = "task with \(secret)"
                task.properties = ["said": secret]
                task.attempts = [Attempt(outcome: .error, message: secret, detail: secret, type: "t")]
                return [ScriptedDeployer.result(step, .passed, secret), task]
            }
        ]
        fixture.environment = ["command": "matrix run --set token=\(secret)"]
        return fixture
    }

    @Test func `No part can put a secret into an event, the result or the ledger`() async throws {
        var fixture = fixture()
        let tries = CallCounter()
        fixture.provisioner = ScriptedProvisioner { _ in
            if tries.next() == 1 {
                throw InfrastructureError("apt with \(Self.secret)", why: "no \(Self.secret)", next: "see \(Self.secret)")
            }
        }
        fixture.platform.report([PreflightProblem(.warning, "quota of \(Self.secret)", next: "ask \(Self.secret)")])
        fixture.platform.beforeDestroy { resource in
            if resource.host != nil { throw InfrastructureError("destroy", why: "token \(Self.secret) expired", isTransient: false) }
        }
        let result = await fixture.run(Fixture.plan([Fixture.cell()]))
        #expect(!JSON.text(result).contains("hunter2"))
        for event in fixture.events.events { #expect(!JSON.text(event).contains("hunter2"), "\(event)") }
        for record in try await fixture.past(of: Fixture.cell()) { #expect(!JSON.text(record).contains("hunter2")) }
        #expect(try await fixture.ledger.open().map(\.why) == ["destroy: token [redacted] expired"])
        #expect(result.find("task with [redacted]")?.message == "login with [redacted] refused")
        #expect(result.find("provision")?.attempts.map(\.message) == ["apt with [redacted]: no [redacted]"])
        #expect(result.leaks.first?.why == "destroy: token [redacted] expired")
        #expect(result.warnings.first?.hint == "ask [redacted]")
        #expect(result.environment["command"] == "matrix run --set token=[redacted]")
    }

    @Test(arguments: ["site", "provision", "create", "service x", "debian12-scripted", "passed"])
    func `What is planned keeps its name for any secret`(secret: String) async {
        let fixture = fixture(secret)
        let result = await fixture.run(Fixture.plan([Fixture.cell()]))
        let plain = await self.fixture().run(Fixture.plan([Fixture.cell()]))
        #expect(result.lines().filter { !$0.contains("task with") } == plain.lines().filter { !$0.contains("task with") })
        #expect(result.cells.map(\.name) == ["debian12-scripted"])
        #expect(result.find("task with [redacted]")?.outcome == .failed)
    }
}

/// Tells a secret while it connects.
private struct TellingConnector: Connector {
    let secret: String

    func connect(to endpoint: Endpoint, waiting: @escaping @Sendable (String) -> Void) async throws -> any Transport {
        waiting("sshd says \(secret)")
        return ScriptedTransport()
    }
}
