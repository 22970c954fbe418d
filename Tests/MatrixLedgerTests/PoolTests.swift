import MatrixCore
import Testing

@testable import MatrixLedger

@Suite struct PoolTests {
    private let first = RunID("first")
    private let second = RunID("second")
    private let members = ["10.0.0.1:22": "pi-1", "10.0.0.2:22": "pi-2"]

    private func lease(_ ledger: SQLiteLedger, _ machines: [String], by run: RunID) async throws -> Bool {
        try await ledger.lease(
            Dictionary(uniqueKeysWithValues: machines.map { ("10.0.0.\($0):22", "cell-\($0)-\(run)") }), of: "farm", run: run, cell: "cell",
            until: nil)
    }

    private func withPool(_ body: (SQLiteLedger) async throws -> Void) async throws {
        try await withTemporaryFolder { folder in
            let ledger = try SQLiteLedger(state: folder)
            try await ledger.know(members, of: "farm")
            try await body(ledger)
        }
    }

    /// Makes the holder of all leases a process that is no more.
    private func kill(_ ledger: SQLiteLedger) async throws {
        let dead = JSON.text(Owner.dead)
        try await ledger.write("test") { try $0.execute("UPDATE pool_hosts SET owner = ? WHERE run IS NOT NULL", [dead]) }
    }

    @Test func allOrNone() async throws {
        try await withPool { ledger in
            #expect(try await lease(ledger, ["1"], by: first))
            #expect(try await !lease(ledger, ["1", "2"], by: second))
            #expect(try await ledger.hosts().map(\.holder?.run) == [first, nil])
            #expect(try await !lease(ledger, ["3"], by: second))
            try await ledger.giveBack("10.0.0.1:22", of: first, isClean: true)
            #expect(try await lease(ledger, ["1", "2"], by: second))
        }
    }

    @Test("a note of what was never done is taken back")
    func restore() async throws {
        try await withPool { ledger in
            #expect(try await lease(ledger, ["1"], by: first))
            let before = try #require(try await ledger.hosts().first)
            try await ledger.note(["accounts": ["lavender"]], on: before.machine)
            #expect(try await ledger.hosts().first?.changes != nil)
            try await ledger.restore(before.machine, needsReset: before.needsReset, changes: before.changes)
            #expect(try await ledger.hosts().first == before)
        }
    }

    @Test func aHundredTasksOnTwoConnectionsShareNoHost() async throws {
        try await withTemporaryFolder { folder in
            let ledgers = [try SQLiteLedger(state: folder), try SQLiteLedger(state: folder)]
            try await ledgers[0].know(Dictionary((0..<10).map { ("m\($0)", "pi-\($0)") }) { $1 }, of: "farm")
            let won = await mapConcurrently(Array(0..<100), limit: 100) { number -> Bool? in
                let seats = ["m\(number % 10)": "a", "m\((number + 1) % 10)": "b"]
                return try? await ledgers[number % 2].lease(seats, of: "farm", run: RunID("r\(number)"), cell: "c", until: nil)
            }
            #expect(won.allSatisfy { $0 != nil })
            let holders = try await ledgers[0].hosts().compactMap(\.holder?.run)
            #expect(holders.count == won.count { $0 == true } * 2)
        }
    }

    @Test func aKilledOwnersLeaseIsTakenOverAndItsLedgerEntryClosed() async throws {
        try await withPool { ledger in
            try await ledger.begin(.sample(first, owner: .dead))
            #expect(try await lease(ledger, ["1"], by: first))
            let resource = Resource(platform: "farm", kind: "host", name: "cell-1-first", run: first, cell: "cell")
            let id = try await ledger.intend(resource)
            try await ledger.created(id, resource)
            try await ledger.note(["accounts": ["lavender"]], on: "10.0.0.1:22")
            #expect(try await !lease(ledger, ["1"], by: second))
            try await kill(ledger)
            #expect(try await lease(ledger, ["1"], by: second))
            #expect(try await ledger.open().isEmpty)
            let host = try #require(try await ledger.hosts().first)
            // What the dead run did is still to be undone.
            #expect(host.needsReset && host.changes?["accounts"] == ["lavender"])
        }
    }

    @Test func aKeptHostIsNotTakenOver() async throws {
        try await withPool { ledger in
            try await ledger.begin(.sample(first, owner: .dead))
            #expect(try await lease(ledger, ["1"], by: first))
            let resource = Resource(
                platform: "farm", kind: "host", name: "cell-1-first", run: first, cell: "cell", expires: .now + .seconds(3600))
            let id = try await ledger.intend(resource)
            try await ledger.created(id, resource)
            try await ledger.keep(id)
            try await ledger.end(first, exitStatus: .passed)
            try await kill(ledger)
            #expect(try await !lease(ledger, ["1"], by: second))
            try await ledger.write("test") { try $0.execute("UPDATE leases SET expires = 1") }
            #expect(try await lease(ledger, ["1"], by: second))
        }
    }

    @Test func anotherMachinesLeaseLapses() async throws {
        try await withPool { ledger in
            let foreign = JSON.text(Owner.foreign)
            #expect(try await lease(ledger, ["1"], by: first))
            try await ledger.write("test") {
                try $0.execute("UPDATE pool_hosts SET owner = ?, until = 9e9 WHERE run IS NOT NULL", [foreign])
            }
            #expect(try await !lease(ledger, ["1"], by: second))
            try await ledger.write("test") { try $0.execute("UPDATE pool_hosts SET until = 1 WHERE run IS NOT NULL") }
            #expect(try await lease(ledger, ["1"], by: second))
        }
    }

    @Test func onlyOneProcessHandsALeaseBack() async throws {
        try await withPool { ledger in
            #expect(try await lease(ledger, ["1"], by: first))
            #expect(try await ledger.adopt("10.0.0.1:22", of: first))
            #expect(try await !ledger.adopt("10.0.0.1:22", of: second))
            try await kill(ledger)
            #expect(try await ledger.adopt("10.0.0.1:22", of: first))
            // Its holder's second hand-back must not free what another run has by now.
            try await ledger.giveBack("10.0.0.1:22", of: second, isClean: true)
            #expect(try await ledger.hosts().first?.holder?.run == first)
        }
    }

    @Test func quarantineHoldsUntilItIsLifted() async throws {
        try await withPool { ledger in
            try await ledger.begin(.sample(first))
            #expect(try await lease(ledger, ["1"], by: first))
            let id = try await ledger.intend(Resource(platform: "farm", kind: "host", name: "cell-1-first", run: first, cell: "cell"))
            try await ledger.quarantine("10.0.0.1:22", because: "reset step k3s failed")
            try await ledger.leaked(id, why: "reset step k3s failed")
            try await kill(ledger)
            #expect(try await !lease(ledger, ["1"], by: second))
            try await ledger.know(["10.0.0.2:22": "pi-2"], of: "farm")
            #expect(try await ledger.hosts().map(\.name) == ["pi-1", "pi-2"])
            try await ledger.lift("10.0.0.1:22")
            let host = try #require(try await ledger.hosts().first)
            #expect(host.quarantine == nil && host.holder == nil && host.needsReset)
            #expect(try await ledger.open().isEmpty)
            #expect(try await lease(ledger, ["1"], by: second))
        }
    }

    @Test func theQueueIsInOrderAndForgetsTheDead() async throws {
        try await withPool { ledger in
            let one = try await ledger.join("farm", run: first, cell: "a", count: 1, machines: ["m1"])
            let two = try await ledger.join("farm", run: second, cell: "b", count: 2, machines: ["m1", "m2"])
            #expect(try await ledger.queue() == [one, two])
            let dead = JSON.text(Owner.dead)
            try await ledger.write("test") { try $0.execute("UPDATE pool_queue SET owner = ? WHERE ticket = ?", [dead, one.ticket]) }
            #expect(try await ledger.queue() == [two])
            try await ledger.leave(two)
            #expect(try await ledger.read("test") { try $0.rows("SELECT * FROM pool_queue").count } == 0)
        }
    }
}
