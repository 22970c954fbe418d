import MatrixConformance
import MatrixCore
import Testing

/// The suite is held to drivers whose flaws are known: a case that finds nothing proves nothing.
@Suite struct ConformanceSuiteTests {
    @Test(arguments: Promise.allCases) func aGoodDriverKeepsEveryPromise(_ promise: Promise) async {
        let harness = TinyHarness()
        let verdict = await ConformanceSuite(harness).verdict(on: promise)
        #expect(verdict.outcome == .kept, "\(verdict.reason)")
        #expect(verdict.left == [])
        #expect(harness.cloud.things.isEmpty)
    }

    @Test(arguments: Flaw.allCases) func everyFlawBreaksItsPromise(_ flaw: Flaw) async {
        let verdict = await ConformanceSuite(TinyHarness(flaw)).verdict(on: flaw.breaks)
        guard case .broken(let why) = verdict.outcome else {
            Issue.record("\(flaw) is not found: \(verdict.word) \(verdict.reason)")
            return
        }
        #expect(!why.isEmpty)
    }

    @Test func whatIsNotPromisedIsNotTried() async {
        let harness = TinyHarness(.hasNoPrice, promises: Promises(except: [.price: .withheld("it costs nothing")]))
        let verdict = await ConformanceSuite(harness).verdict(on: .price)
        #expect(verdict.outcome == .withheld("it costs nothing"))
    }

    /// Each strike makes hosts, which may cost money.
    @Test func fewStrikesAreSpreadOverTheCalls() async {
        let verdict = await ConformanceSuite(TinyHarness(), mostStrikes: 1).verdict(on: .interruption)
        #expect(verdict.outcome == .kept)
    }
}
