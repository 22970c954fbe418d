import MatrixCore
import MatrixTesting
import Testing

@testable import MatrixEngine

/// What a platform answers is data, and every question to it has an end.
@Suite struct PlatformAnswerTests {
    private static let limit = Duration.milliseconds(100)

    /// The other cell's platform is left out and not asked: on a busy machine the time may also be too short for an answer at once.
    @Test(.timeLimit(.minutes(5))) func aSilentPlatformRefusesItsCellsOnly() async {
        let silent = ScriptedPlatform("silent")
        silent.fallsSilent()
        var slow = Fixture.cell("slow")
        slow.platform = "silent"
        let plan = Fixture.plan([Fixture.cell(), slow])
        let findings = await Preflight(plan: plan, platforms: ["silent": silent], limit: Self.limit).run()
        #expect(findings.refusals.mapValues(\.message) == ["slow": "it did not answer within 0.1s"])
    }

    @Test(.timeLimit(.minutes(5))) func pricesThatDoNotComeAreUnknown() async {
        let silent = ScriptedPlatform()
        silent.fallsSilent()
        let plan = Fixture.plan((1...20).map { Fixture.cell("cell-\($0)") })
        let estimate = await CostEstimate.of(plan, platforms: ["scripted": silent], within: Self.limit)
        #expect(estimate.prices.isEmpty)
        let error = #expect(throws: InfrastructureError.self) { try estimate.check(Budget(hourly: 1, currency: "USD")) }
        #expect(error?.why.contains("did not answer within 0.1s") == true)
    }

    @Test(.timeLimit(.minutes(5))) func aListThatDoesNotComeIsAnErrorAndNotEmpty() async {
        let silent = ScriptedPlatform()
        silent.fallsSilent()
        let run = RunID("261123-050122-test")
        await #expect(throws: InfrastructureError.self) { try await silent.owned(within: Self.limit) }
        let error = await #expect(throws: InfrastructureError.self) { try await silent.remaining(of: run, within: Self.limit) }
        #expect(error?.isTransient == true && error?.why == "it did not answer within 0.1s")
    }

    @Test(arguments: ["10.88.77.1\n  ProxyCommand touch /tmp/x", "-oProxyCommand=touch /tmp/x", "$(id)", ""])
    func aHostWhoseAddressIsNoneIsNotReachedAndIsRemoved(_ address: String) async throws {
        let fixture = Fixture()
        fixture.platform.reportsAddress(address)
        let result = await fixture.run(Fixture.plan([Fixture.cell(retries: [.create: 0])]))
        let create = result.cells[0].cases.first { $0.phase == .create }
        #expect(create?.outcome == .error && create?.type == "matrix.create.host-data")
        #expect(fixture.platform.there.isEmpty && result.leaks.isEmpty)
        #expect(try await fixture.ledger.open().isEmpty)
        #expect(result.cells[0].hosts.isEmpty)
    }

    /// Its list would hold the end of the run up.
    @Test(.timeLimit(.minutes(5))) func aPlatformThatWasAskedForNothingIsNotAskedWhatIsLeft() async {
        let fixture = Fixture()
        fixture.platform.report([PreflightProblem(.error, "no room")])
        fixture.platform.beforeRemaining { Issue.record("it was asked") }
        let result = await fixture.run(Fixture.plan([Fixture.cell()]))
        #expect(result.exitStatus == .infrastructure && result.warnings.isEmpty)
    }
}
