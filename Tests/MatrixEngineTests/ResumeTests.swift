import MatrixCore
import MatrixTesting
import Testing

@testable import MatrixEngine

/// An interrupted run that another process goes on with.
@Suite struct ResumeTests {
    /// The records and leases of a cell whose process was killed in `phase`.
    private func killed(_ fixture: inout Fixture, in phase: Phase) async throws {
        _ = await fixture.create()
        let cell = Fixture.cell()
        for phase in [Phase.provision, .deploy, .verify].filter({ $0.order < phase.order }) { _ = try await fixture.stage(phase) }
        fixture.starts = [cell.name: .resumed(leases: try await fixture.leases(of: cell), past: try await fixture.past(of: cell))]
    }

    @Test(arguments: [Phase.provision, .deploy, .verify]) func goesOnAtThePhaseThatWasReached(phase: Phase) async throws {
        var fixture = Fixture()
        try await killed(&fixture, in: phase)
        let start = try #require(fixture.starts.values.first)
        #expect(start.phases.min { $0.order < $1.order } == (phase == .verify ? .verify : phase))
        let result = await fixture.run(Fixture.plan([Fixture.cell()]))
        #expect(result.exitStatus == .passed)
        #expect(result.cells[0].outcome == .passed)
        #expect(!result.lines().contains { $0.hasSuffix("skipped") })
        #expect(fixture.platform.calls.count { $0.hasPrefix("create") } == 2, "nothing is made twice")
        #expect(fixture.platform.there.isEmpty, "and everything is taken down at the end")
        #expect(try await fixture.ledger.open().isEmpty)
    }

    @Test func aCreateThatWasInterruptedBeginsAnew() async throws {
        var fixture = Fixture()
        let cell = Fixture.cell()
        let intended = fixture.platform.resources(for: cell, run: fixture.run, expires: nil).flatMap(\.self)
        for resource in intended { _ = try await fixture.ledger.intend(resource) }
        fixture.platform.add(intended[0])
        fixture.starts = [cell.name: .resumed(leases: try await fixture.leases(of: cell), past: [])]
        #expect(fixture.starts[cell.name]?.phases == Set(Phase.allCases))
        let result = await fixture.run(Fixture.plan([cell]))
        #expect(result.exitStatus == .passed)
        #expect(fixture.platform.calls.first == "destroy network debian12-scripted", "the remains go before the next try")
        #expect(fixture.platform.there.isEmpty)
        #expect(try await fixture.ledger.open().isEmpty)
    }

    @Test func aFinishedCellKeepsItsVerdict() async throws {
        var fixture = Fixture()
        fixture.deployers = [
            ScriptedDeployer { step, context in [ScriptedDeployer.result(step, context.cell.name == "a" ? .failed : .passed, "no")] }
        ]
        let plan = Fixture.plan([Fixture.cell("a"), Fixture.cell("b")])
        let before = await fixture.run(plan)
        let progress = try await fixture.ledger.progress(of: fixture.run)
        fixture.starts = [
            "a": .resumed(leases: [], past: progress["a"] ?? []), "b": .resumed(leases: [], past: Array((progress["b"] ?? []).prefix(2))),
        ]
        let calls = fixture.platform.calls.count
        let result = await fixture.run(plan)
        #expect(result.cells.map(\.outcome) == [.failed, .passed])
        #expect(result.lines(0) == before.lines(0))
        #expect(result.find("service x", 0)?.message == before.find("service x", 0)?.message)
        #expect(fixture.platform.calls.dropFirst(calls).allSatisfy { $0.hasSuffix(" b") })
        #expect(result.exitStatus == .failed)
    }

    @Test func hostsThatDoNotAnswerAnyMoreAreMadeAnew() async throws {
        var fixture = Fixture()
        try await killed(&fixture, in: .verify)
        let asked = CallCounter()
        fixture.platform.beforeReady { _ in if asked.next() == 1 { throw InfrastructureError("host", why: "no route", isTransient: false) }
        }
        let result = await fixture.run(Fixture.plan([Fixture.cell()]))
        #expect(result.exitStatus == .passed)
        #expect(!result.lines().contains { $0.hasSuffix("skipped") })
        #expect(fixture.platform.calls.count { $0.hasPrefix("create") } == 4)
        #expect(fixture.platform.there.isEmpty)
        #expect(try await fixture.ledger.open().isEmpty)
    }

    @Test func aCellThatASignalTookDownBeginsAnew() async throws {
        var fixture = Fixture()
        let control = fixture.control
        fixture.checker = ScriptedChecker { _, _ in
            control.stop(.signal(name: "SIGTERM", exitStatus: .terminated))
            try await Task.sleep(for: .seconds(60))
            return .passed
        }
        _ = await fixture.run(Fixture.plan([Fixture.cell()]))
        let past = try await fixture.past(of: Fixture.cell())
        #expect(past.last?.outcome == .interrupted)
        #expect(CellStart.resumed(leases: [], past: past).phases == Set(Phase.allCases))
    }

    @Test func aSignalBeforeACellsTurnTakesDownWhatItHad() async throws {
        var fixture = Fixture()
        try await killed(&fixture, in: .deploy)
        fixture.control.stop(.signal(name: "SIGINT", exitStatus: .interrupted))
        let result = await fixture.run(Fixture.plan([Fixture.cell()]))
        #expect(result.exitStatus == .interrupted)
        #expect(fixture.platform.there.isEmpty)
        #expect(try await fixture.ledger.open().isEmpty)
    }
}
