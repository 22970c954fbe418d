import Foundation
import IntegrationSupport
import MatrixCore
import MatrixEngine
import MatrixTesting
import Testing

/// Whole runs on a Linode that misbehaves, without sockets.
@Suite(.requires()) struct LinodeFleetTests {
    /// Fifty runs of five cells, while 30 % of all requests go wrong in one way or another that passes.
    @Test(.timeLimit(.minutes(15))) func fiftyRunsPassWhileAThirdOfAllRequestsFails() async throws {
        let seed = ProcessInfo.processInfo.environment["SOLTI_SEED"].flatMap(UInt64.init) ?? UInt64.random(in: 1...UInt64.max)
        print("seed \(seed): SOLTI_SEED=\(seed) repeats it")
        try await withThrowingTaskGroup(of: (all: Int, wrong: Int).self) { group in
            var (begun, runs, requests, wrong) = (0, 0, 0, 0)
            func begin() {
                let number = UInt64(begun)
                begun += 1
                group.addTask { try await Self.run(seed &+ number) }
            }
            for _ in 0..<5 { begin() }
            for try await count in group {
                requests += count.all
                wrong += count.wrong
                runs += 1
                if begun < 50 { begin() }
            }
            print("\(runs) runs, \(requests) requests, \(wrong) went wrong")
            // Of a single run's eighty requests it may be far fewer.
            #expect(wrong * 4 > requests, "only \(wrong) of \(requests) went wrong")
        }
    }

    /// - Returns: how many requests it took, and how many of them went wrong.
    private static func run(_ seed: UInt64) async throws -> (all: Int, wrong: Int) {
        let fleet = LinodeFleet()
        fleet.fake.fail(share: 0.3, seed: seed, with: FakeLinodeFault.transient + [.busy, .hang, .tooMany(retryAfter: "2")])
        let result = try await fleet.run(cells: 5)
        #expect(result.exitStatus == .passed, "seed \(seed): \(result.cells.flatMap(\.cases).compactMap(\.message))")
        #expect(result.cells.allSatisfy { $0.outcome == .passed }, "seed \(seed)")
        try await fleet.isClean()
        return (fleet.fake.requests.count, fleet.fake.requests.count { $0.status != 200 })
    }

    @Test func theAccountsLimitOnTheThirdOfFiveCellsEndsThatCellOnly() async throws {
        let fleet = LinodeFleet()
        fleet.fake.fail("POST", "/linode/instances", with: .status(400, "Account Limit reached. Please open a support ticket."), passing: 2)
        let result = try await fleet.run(cells: 5)
        #expect(result.cells.count { $0.outcome == .passed } == 4)
        let bad = try #require(result.cells.first { $0.outcome == .error })
        #expect(bad.cases.contains { $0.message?.contains("Account Limit") ?? false }, "\(bad.cases.compactMap(\.message))")
        #expect(fleet.fake.count("POST", "/linode/instances") == 5, "the limit is not run against again")
        #expect(result.leaks == [])
        try await fleet.isClean()
    }

    /// A run of two cells, stopped at its first request, at its second, and so on to its last.
    @Test func anInterruptionAtAnyRequestLeavesNothing() async throws {
        let whole = LinodeFleet()
        #expect(try await whole.run(cells: 2, parallel: 1).exitStatus == .passed)
        let count = whole.fake.requests.count
        #expect(count > 15)
        for step in 0..<count {
            let fleet = LinodeFleet()
            let control = fleet.control
            let result = try await fleet.run(cells: 2, parallel: 1) { number in
                if number == step { control.stop(.signal(name: "SIGINT", exitStatus: .interrupted)) }
            }
            #expect(result.exitStatus == (control.reason == nil ? .passed : .interrupted), "at request \(step)")
            #expect(result.leaks == [], "at request \(step)")
            #expect(fleet.fake.instances == [], "at request \(step): \(fleet.fake.requests.map { "\($0.method) \($0.path)" })")
            try await fleet.isClean()
        }
    }

    /// The answer to a create is lost and the run is stopped before it can be asked for.
    @Test func whatALostAnswerMadeIsFoundByTheTeardown() async throws {
        let fleet = LinodeFleet()
        fleet.fake.fail("POST", "/linode/instances", with: .lostAnswer)
        let control = fleet.control
        let result = try await fleet.run(cells: 1) { [fake = fleet.fake] _ in
            if !fake.instances.isEmpty { control.stop(.signal(name: "SIGINT", exitStatus: .interrupted)) }
        }
        #expect(result.exitStatus == .interrupted)
        #expect(result.leaks == [])
        try await fleet.isClean()
    }

    @Test func aTokenThatIsRevokedMeanwhileLeavesALeakThatIsListed() async throws {
        let fleet = LinodeFleet()
        let result = try await fleet.run(cells: 1) { [fake = fleet.fake] _ in
            if fake.listed.first?["status"] == "running" { fake.revokeToken() }
        }
        #expect(result.exitStatus == .leaked)
        #expect(result.leaks.count == 1)
        #expect(fleet.fake.instances.count == 1)
        #expect(try await fleet.ledger.open().map(\.state) == [.leaked])
        #expect(fleet.fake.violations == [])
    }
}
