import MatrixCore
import Testing

@testable import MatrixLedger

@Suite struct ClaimTests {
    private let first = RunID("first")
    private let second = RunID("second")

    @Test func aNameIsHeldByOneOnly() async throws {
        try await withTemporaryFolder { folder in
            let ledger = try SQLiteLedger(state: folder)
            #expect(try await ledger.claim(kind: "address", name: "10.0.0.1", run: first, until: nil))
            #expect(try await !ledger.claim(kind: "address", name: "10.0.0.1", run: second, until: nil))
            // Two cells of one run are two users.
            #expect(try await !ledger.claim(kind: "address", name: "10.0.0.1", run: first, until: nil))
            #expect(try await ledger.claim(kind: "vmid", name: "10.0.0.1", run: second, until: nil))
            #expect(try await ledger.claims(kind: "address").map(\.run) == [first])
            #expect(try await ledger.claims().count == 2)
        }
    }

    @Test func aReleasedNameCanBeHadAgain() async throws {
        try await withTemporaryFolder { folder in
            let ledger = try SQLiteLedger(state: folder)
            _ = try await ledger.claim(kind: "vmid", name: "20000", run: first, until: nil)
            try await ledger.release(kind: "vmid", name: "20000", run: second)
            #expect(try await !ledger.claim(kind: "vmid", name: "20000", run: second, until: nil))
            try await ledger.release(kind: "vmid", name: "20000", run: first)
            #expect(try await ledger.claim(kind: "vmid", name: "20000", run: second, until: nil))
            try await ledger.release(kind: "vmid", name: "20000")
            try await ledger.release(kind: "vmid", name: "20000")
            #expect(try await ledger.claims().isEmpty)
        }
    }

    @Test func hundredTasksOnTwoConnectionsGetEachNameOnce() async throws {
        try await withTemporaryFolder { folder in
            let ledgers = [try SQLiteLedger(state: folder), try SQLiteLedger(state: folder)]
            let names = (0..<10).map { "20\($0)" }
            let won = await mapConcurrently(Array(0..<100), limit: 100) { number -> Bool? in
                try? await ledgers[number % 2].claim(kind: "vmid", name: names[number % 10], run: RunID("r\(number)"), until: nil)
            }
            #expect(won.allSatisfy { $0 != nil })
            #expect(won.count { $0 == true } == 10)
            #expect(try await ledgers[0].claims().map(\.name) == names)
        }
    }

    @Test func aDeadOwnersClaimIsTakenOverOnceNothingOfItsRunIsLeft() async throws {
        try await withTemporaryFolder { folder in
            let ledger = try SQLiteLedger(state: folder)
            try await ledger.begin(.sample(first, owner: .dead))
            let lease = try await ledger.intend(.sample(run: first))
            try await hold("pi-1", by: first, .dead, ledger)
            // Its machine may still be using the name.
            #expect(try await !ledger.claim(kind: "host", name: "pi-1", run: second, until: nil))
            try await ledger.destroyed(lease)
            #expect(try await ledger.claim(kind: "host", name: "pi-1", run: second, until: nil))
            #expect(try await ledger.claims().map(\.run) == [second])
        }
    }

    @Test func aDeadOwnersClaimOfAnUnknownRunIsTakenOver() async throws {
        try await withTemporaryFolder { folder in
            let ledger = try SQLiteLedger(state: folder)
            try await hold("pi-1", by: first, .dead, ledger)
            #expect(try await ledger.claim(kind: "host", name: "pi-1", run: second, until: nil))
        }
    }

    @Test func aResumedRunKeepsItsFirstProcesssClaims() async throws {
        try await withTemporaryFolder { folder in
            let ledger = try SQLiteLedger(state: folder)
            try await hold("pi-1", by: first, .dead, ledger)
            try await ledger.begin(.sample(first, owner: .current()))
            #expect(try await !ledger.claim(kind: "host", name: "pi-1", run: second, until: nil))
            try await ledger.end(first, exitStatus: .passed)
            #expect(try await ledger.claim(kind: "host", name: "pi-1", run: second, until: nil))
        }
    }

    @Test func aForeignOwnersClaimEndsAtItsDateOnly() async throws {
        try await withTemporaryFolder { folder in
            let ledger = try SQLiteLedger(state: folder)
            let now = Timestamp.now
            try await hold("for-ever", by: first, .foreign, ledger)
            try await hold("running", by: first, .foreign, until: now + .seconds(3600), ledger)
            try await hold("over", by: first, .foreign, until: now + .seconds(-1), ledger)
            #expect(try await !ledger.claim(kind: "host", name: "for-ever", run: second, until: nil))
            #expect(try await !ledger.claim(kind: "host", name: "running", run: second, until: nil))
            #expect(try await ledger.claim(kind: "host", name: "over", run: second, until: nil))
        }
    }

    @Test func aLivingOwnersClaimOutlastsItsDate() async throws {
        try await withTemporaryFolder { folder in
            let ledger = try SQLiteLedger(state: folder)
            #expect(try await ledger.claim(kind: "host", name: "pi-1", run: first, until: Timestamp(seconds: 1)))
            #expect(try await !ledger.claim(kind: "host", name: "pi-1", run: second, until: nil))
        }
    }

    private func hold(_ name: String, by run: RunID, _ owner: Owner, until: Timestamp? = nil, _ ledger: SQLiteLedger) async throws {
        try await ledger.write("test") { session in
            try session.execute(
                "INSERT INTO claims (kind, name, run, owner, since, until) VALUES ('host', ?, ?, ?, 1, ?)",
                [name, run.value, JSON.text(owner), until?.seconds])
        }
    }
}
