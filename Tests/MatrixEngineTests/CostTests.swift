import MatrixTesting
import Testing

@testable import MatrixCore
@testable import MatrixEngine

@Suite struct CostTests {
    private static let price = Price(hourly: 0.25, monthly: 100, currency: "USD")

    private func fixture(keep: Keep = .never) -> Fixture {
        var fixture = Fixture()
        fixture.keep = keep
        fixture.platform.charge(Self.price)
        return fixture
    }

    @Test func eachHostOfACellIsChargedAtLeastAnHour() async {
        let result = await fixture().run(Fixture.plan([Fixture.cell("a", hosts: 3), Fixture.cell("b")]))
        #expect(result.cells.map(\.costs) == [[Cost(0.75, "USD")], [Cost(0.25, "USD")]])
        #expect(result.costs == [Cost(1, "USD")] && result.warnings.isEmpty)
    }

    @Test func anAttemptThatWasGivenUpIsChargedToo() async {
        let fixture = fixture()
        let failures = CallCounter()
        fixture.platform.beforeReady { _ in if failures.next() == 1 { throw InfrastructureError("boot", why: "no") } }
        let result = await fixture.run(Fixture.plan([Fixture.cell("a")]))
        #expect(result.cells[0].outcome == .passed && result.costs == [Cost(0.5, "USD")])
    }

    @Test func whatIsKeptIsChargedUntilNowAndWarnedOf() async throws {
        let result = await fixture(keep: .always).run(Fixture.plan([Fixture.cell("a", hosts: 2)]))
        #expect(result.costs == [Cost(0.5, "USD")])
        let warning = try #require(result.warnings.first)
        #expect(
            warning.message.hasPrefix("the resources that stay up cost 0.50 USD an hour: a-node-1-")
                && warning.hint == "take it down: matrix destroy m.yml")
    }

    @Test func whatCannotBeRemovedIsWarnedOf() async throws {
        let fixture = fixture()
        fixture.platform.beforeDestroy { resource in
            if resource.host != nil { throw InfrastructureError("no", why: "never", isTransient: false) }
        }
        let result = await fixture.run(Fixture.plan([Fixture.cell("a")]))
        #expect(result.exitStatus == .leaked && result.costs == [Cost(0.25, "USD")])
        let warning = try #require(result.warnings.first)
        #expect(warning.message.contains("0.25 USD an hour: a-") && warning.hint?.contains("matrix reap --run") == true)
        let leak = try #require(result.leaks.first)
        #expect(leak.charge?.price == Self.price)
        #expect(leak.charge?.since.map { result.started <= $0 && $0 <= result.finished } == true)
        let detail = try #require(result.find("destroy")?.detail)
        #expect(detail.contains("; it costs 0.25 USD an hour since 20") && detail.contains("\nremove it: matrix reap --run"))
    }

    @Test func aPlatformWithoutPricesCostsNothing() async {
        let result = await Fixture().run(Fixture.plan([Fixture.cell("a")]))
        #expect(result.cells[0].costs == nil && result.costs.isEmpty)
    }

    @Test func anEstimateAddsAllCellsDespiteTheLimits() async throws {
        let platform = ScriptedPlatform()
        platform.charge(Self.price)
        let plan = Fixture.plan([Fixture.cell("a", hosts: 3), Fixture.cell("b")], limits: Limits(parallel: 1))
        let estimate = await CostEstimate.of(plan, platforms: ["scripted": platform])
        #expect(estimate.hourly == [Cost(1, "USD")] && estimate.prices["a"]?.hourly == 0.75)
        try estimate.check(nil)
        try estimate.check(Budget(hourly: 1, currency: "USD"))
    }

    @Test func aboveTheBudgetIsAUsageErrorWithItsPlace() throws {
        let place = SourceLocation(file: "m.yml", line: 9, column: 1)
        let estimate = CostEstimate(prices: ["a": Self.price])
        let above = try #require(throws: UsageError.self) { try estimate.check(Budget(hourly: 0.24, currency: "USD", location: place)) }
        #expect(above.diagnostics.map(\.message) == ["the machines of 1 cell cost 0.25 USD an hour, above the budget of 0.24 USD"])
        #expect(above.diagnostics.first?.location == place)
        let foreign = try #require(throws: UsageError.self) { try estimate.check(Budget(hourly: 100, currency: "EUR")) }
        #expect(foreign.diagnostics.first?.hint == "write it in USD")
    }

    @Test func aPriceThatNobodyTellsHoldsNoBudget() {
        let estimate = CostEstimate(problems: ["a": "no answer"])
        #expect(throws: InfrastructureError.self) { try estimate.check(Budget(hourly: 100, currency: "USD")) }
        #expect(throws: Never.self) { try estimate.check(nil) }
    }

    @Test func sumsOfDecimalsAreNotAboveTheBudgetByABit() throws {
        let tenth = Price(hourly: 0.1, currency: "USD")
        try CostEstimate(prices: ["a": tenth, "b": tenth, "c": tenth]).check(Budget(hourly: 0.3, currency: "USD"))
    }

    @Test func aPreviewShowsPriceAndExpectedCost() async throws {
        let platform = ScriptedPlatform()
        platform.charge(Self.price)
        let cells = await PlanPreview(Fixture.plan([Fixture.cell("a")]), platforms: ["scripted": platform], ledger: MemoryLedger()).cells()
        #expect(cells.first?.price == Self.price && cells.first?.cost == Cost(0.25, "USD"))
    }
}
