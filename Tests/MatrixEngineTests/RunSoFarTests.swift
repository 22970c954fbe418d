import MatrixCore
import MatrixTesting
import Synchronization
import Testing

@testable import MatrixEngine

/// What the reports say while a run goes on, and for ever if its process dies.
@Suite struct RunSoFarTests {
    private static func isUnfinished(_ result: CaseResult) -> Bool {
        result.outcome == .error && result.type == "matrix.unfinished" && result.message == "not finished"
    }

    @Test func everyPlannedCaseIsAnErrorBeforeTheRunBegins() async {
        let first = Mutex<RunResult?>(nil)
        let plan = Fixture.plan([Fixture.cell("a"), Fixture.cell("b", finally: [Fixture.step("logs")])])
        let result = await Fixture().run(plan) { soFar in first.withLock { $0 = soFar.result() } }
        let draft = first.withLock { $0 }
        #expect(draft?.unfinished == true && draft?.exitStatus == .infrastructure && draft?.interrupted == false)
        #expect(draft?.cells.map(\.outcome) == [.error, .error])
        for (before, after) in zip(draft?.cells ?? [], result.cells) {
            #expect(before.cases.map(\.name) == after.cases.map(\.name), "the same cases as at the end")
            #expect(before.cases.allSatisfy(Self.isUnfinished))
        }
        #expect(draft?.warnings.contains { $0.severity == .error && $0.message.contains("has not ended") } == true)
        #expect(result.unfinished == nil && result.exitStatus == .passed && result.warnings.isEmpty)
    }

    @Test func aCellThatHasEndedStandsAsItIs() async {
        let watched = Mutex<RunSoFar?>(nil)
        let seen = Mutex<[RunResult]>([])
        var fixture = Fixture()
        fixture.deployers = [
            ScriptedDeployer { step, context in
                if context.cell.name == "b", let soFar = watched.withLock({ $0 }) { seen.withLock { $0.append(soFar.result()) } }
                return [ScriptedDeployer.result(step, .passed)]
            }
        ]
        let plan = Fixture.plan([Fixture.cell("a"), Fixture.cell("b")], limits: Limits(parallel: 1))
        _ = await fixture.run(plan) { soFar in watched.withLock { $0 = soFar } }
        let draft = seen.withLock { $0.first }
        #expect(draft?.cells.map(\.outcome) == [.passed, .error])
        #expect(draft?.cells.last?.cases.allSatisfy(Self.isUnfinished) == true)
        let last = watched.withLock { $0?.result() }
        #expect(last?.cells.map(\.outcome) == [.passed, .passed])
        #expect(last?.exitStatus == .infrastructure, "until the end nothing is green")
    }

    @Test func whatAnEarlierProcessDidAndWhatACommandLeavesOutIsNoError() async throws {
        var fixture = Fixture()
        _ = await fixture.create()
        let cell = Fixture.cell()
        fixture.starts = [cell.name: .of(.provision, leases: try await fixture.leases(of: cell), past: try await fixture.past(of: cell))]
        let first = Mutex<RunResult?>(nil)
        _ = await fixture.run(Fixture.plan([cell])) { soFar in first.withLock { $0 = soFar.result() } }
        let draft = try #require(first.withLock { $0?.cells.first })
        #expect(draft.cases.first { $0.phase == .create }?.outcome == .passed)
        #expect(draft.cases.filter { $0.phase == .provision }.allSatisfy(Self.isUnfinished))
        #expect(draft.cases.first { $0.phase == .deploy }?.message == "not run: not part of matrix provision")
    }

    @Test func secretsAreNotInIt() async {
        var fixture = Fixture()
        fixture.redactor.hide("s3cret-value")
        fixture.environment = ["command": "matrix run --set x=s3cret-value"]
        let first = Mutex<RunResult?>(nil)
        _ = await fixture.run(Fixture.plan([Fixture.cell()])) { soFar in first.withLock { $0 = soFar.result() } }
        #expect(first.withLock { $0?.environment["command"] } == "matrix run --set x=\(Redactor.mark)")
    }
}
