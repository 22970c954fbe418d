import MatrixCore
import MatrixTesting
import Synchronization
import Testing

@testable import MatrixEngine

/// Connections that a platform lends, and cells that do not wait for hosts of others.
@Suite struct ConnectionTests {
    @Test("a cell uses the connection that its platform has open, and the run ends with the platform's connections closed")
    func lentConnections() async throws {
        var fixture = Fixture()
        let logins = CallCounter()
        fixture.connector = ScriptedConnector { _ in _ = logins.next() }
        let transport = ScriptedTransport()
        fixture.platform.lend(transport)
        let seen = Mutex(false)
        fixture.provisioner = ScriptedProvisioner { host in seen.withLock { $0 = host.transport as? ScriptedTransport === transport } }
        let result = await fixture.run(Fixture.plan([Fixture.cell()]))
        #expect(result.exitStatus == .passed)
        #expect(logins.next() == 1, "the engine has logged in by itself")
        #expect(seen.withLock { $0 })
        #expect(fixture.platform.isClosed)
    }

    @Test("a cell begins while its platform still asks hosts that the cell does not need; nobody waits for them at the end either")
    func earlyCells() async throws {
        let fixture = Fixture()
        let isCancelled = Mutex(false)
        fixture.platform.duringPreflight { possible in
            possible("a")
            // A host that does not answer: longer than any test may take.
            do { try await Task.sleep(for: .seconds(36_000)) } catch { isCancelled.withLock { $0 = true } }
        }
        let result = await fixture.run(Fixture.plan([Fixture.cell("a")]))
        #expect(result.exitStatus == .passed)
        #expect(isCancelled.withLock { $0 })
    }

    @Test("a cell that is not certain to be possible waits for the whole preflight, and is refused by it")
    func lateCells() async throws {
        let fixture = Fixture()
        fixture.platform.report([PreflightProblem(.error, cells: ["b"], "no host for b")])
        let created = Mutex<[String]>([])
        fixture.platform.beforeCreate { resource in created.withLock { $0.append(resource.cell) } }
        let began = AsyncStream<Void>.makeStream()
        fixture.platform.beforeReady { _ in began.continuation.finish() }
        fixture.platform.duringPreflight { possible in
            possible("a")
            for await _ in began.stream {}
        }
        let result = await fixture.run(Fixture.plan([Fixture.cell("a"), Fixture.cell("b")]))
        #expect(result.cells.map(\.outcome) == [.passed, .error])
        #expect(Set(created.withLock { $0 }) == ["a"])
    }

    @Test("guards that the hosts' own facts answer are not asked again")
    func knownFacts() async throws {
        var fixture = Fixture()
        fixture.checker = KnowingChecker()
        let result = await fixture.run(Fixture.plan([Fixture.cell(verify: [])]))
        #expect(result.cells.first?.cases.contains { $0.name == "operating system" && $0.outcome == .passed } == true)
        #expect(result.exitStatus == .passed)
    }
}

/// Knows what its guards would answer, and must not be asked.
private struct KnowingChecker: Checker {
    private let asked = ScriptedChecker(guards: ["operating system"]) { step, _ in
        throw InfrastructureError("asking \(step.name)", why: "it was known", isTransient: false)
    }

    var declarations: [Declaration] { asked.declarations }
    func guards(for cell: CellPlan) -> [StepPlan] { asked.guards(for: cell) }
    func plannedCases(of check: StepPlan, in cell: CellPlan) -> [PlannedCase] { asked.plannedCases(of: check, in: cell) }

    func verdicts(on guards: [StepPlan], in context: CellContext) -> [CaseResult]? {
        guards.flatMap { plannedCases(of: $0, in: context.cell) }.map {
            CaseResult(phase: $0.phase, step: $0.step, name: $0.name, outcome: .passed, started: .now, seconds: 0, location: $0.location)
        }
    }

    func verify(
        _ checks: [StepPlan], in context: CellContext, finished: @escaping @Sendable (CaseResult) -> Void
    ) async throws -> [CaseResult] {
        try await asked.verify(checks, in: context, finished: finished)
    }
}
