import MatrixCore
import MatrixTesting
import Synchronization
import Testing

@testable import MatrixEngine

/// What steps change on their hosts.
@Suite struct ChangesTests {
    /// A host that has one more package after each step.
    private final class Counter: Surveyor {
        private let asked = Mutex(0)
        private let isSilentFrom: Int

        init(silentFrom: Int = .max) { isSilentFrom = silentFrom }

        var count: Int { asked.withLock { $0 } }

        func survey(_ host: Host) async throws -> HostSurvey {
            let number = asked.withLock { asked in
                asked += 1
                return asked
            }
            guard number < isSilentFrom else { throw InfrastructureError("asking", why: "silent") }
            return HostSurvey(number % 2 == 0 ? ["package loki": "secret-word"] : [:])
        }
    }

    private func run(_ rules: ChangeRules?, _ surveyor: Counter, outcome: Outcome = .passed) async -> RunResult {
        var fixture = Fixture()
        fixture.surveyor = surveyor
        fixture.redactor.hide("secret-word")
        fixture.deployers = [ScriptedDeployer { step, _ in [ScriptedDeployer.result(step, outcome)] }]
        var step = Fixture.step("site")
        step.changes = rules
        return await fixture.run(Fixture.plan([Fixture.cell(deploy: [step, Fixture.step("next")])]))
    }

    @Test("a step that is watched has a case with what it changed, free of secrets; others ask nobody")
    func watched() async throws {
        let surveyor = Counter()
        let result = await run(ChangeRules(), surveyor)
        let changes = try #require(result.find("site: changes"))
        #expect(changes.outcome == .passed && changes.properties["observed"] == "1 change: 1 package")
        #expect(changes.changes?.map(\.what) == ["package loki"] && changes.changes?.first?.after != "secret-word")
        #expect(surveyor.count == 2 && result.find("next: changes") == nil && result.find("next")?.outcome == .passed)
        let none = Counter()
        _ = await run(nil, none)
        #expect(none.count == 0)
    }

    @Test("a forbidden change is a failure, and ends the deploy")
    func forbidden() async {
        let result = await run(ChangeRules(forbid: ["package *"]), Counter())
        #expect(result.cells[0].outcome == .failed)
        let changes = result.find("site: changes")
        #expect(changes?.type == "matrix.changes" && changes?.message == "the step must not change this: + package loki")
        #expect(changes?.detail?.contains("[forbid: package *]") == true)
        #expect(result.find("next")?.message == "not run: site: changes failed")
    }

    @Test("a host that does not answer is an error, unless its step had failed before")
    func silent() async {
        let lost = await run(ChangeRules(), Counter(silentFrom: 2))
        #expect(lost.find("site: changes")?.outcome == .error)
        let failed = await run(ChangeRules(), Counter(silentFrom: 2), outcome: .failed)
        #expect(failed.find("site: changes")?.outcome == .skipped && failed.find("site")?.outcome == .failed)
    }
}
