import MatrixTesting
import Testing

@testable import MatrixCore
@testable import MatrixEngine

@Suite struct HostOriginTests {
    private func origins(_ fixture: Fixture) async -> [PlanPreview.Origin] {
        let plan = Fixture.plan([Fixture.cell("a"), Fixture.cell("b")])
        let platforms: [String: any Platform] = [fixture.platform.name: fixture.platform]
        return await PlanPreview(plan, platforms: platforms, ledger: fixture.ledger).findings(
            estimate: CostEstimate.of(plan, platforms: platforms)
        ).origins
    }

    @Test func whatHostsAreMadeFromIsSaidOfCellsThatCanRun() async throws {
        let fixture = Fixture()
        #expect(await origins(fixture).isEmpty)
        fixture.platform.makesHosts(from: "image x")
        #expect(await origins(fixture).map(\.source) == [HostOrigin(cells: ["a", "b"], source: "image x", reason: "the only one")])
        fixture.platform.report([PreflightProblem(.error, cells: ["b"], "no room")])
        #expect(await origins(fixture).map(\.source.cells) == [["a"]])
    }
}
