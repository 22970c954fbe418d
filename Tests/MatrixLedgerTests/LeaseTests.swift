import GRDB
import MatrixCore
import MatrixLedger
import Testing

@Suite struct LeaseTests {
    @Test func aLeaseGoesItsWay() async throws {
        try await withTemporaryFolder { folder in
            let ledger = try SQLiteLedger(state: folder)
            try await ledger.begin(.sample())
            let lease = try await ledger.intend(.sample())
            #expect(try await ledger.open().map(\.state) == [.intended])
            try await ledger.created(lease, .sample(id: "abc"))
            try await ledger.reachable(lease, at: .sample)
            let open = try #require(try await ledger.open().first)
            #expect(open.id == lease)
            #expect(open.resource == .sample(id: "abc"))
            #expect(open.state == .created)
            #expect(open.endpoint == .sample)
            #expect(open.owner == .current())
            #expect(open.isOwnerAlive)
            #expect(abs(open.since.seconds(since: .now)) < 3600)
            try await ledger.keep(lease)
            #expect(try await ledger.open().map(\.state) == [.kept])
            try await ledger.destroyed(lease)
            #expect(try await ledger.open().isEmpty)
        }
    }

    @Test func everyTransitionIsInTheJournal() async throws {
        try await withTemporaryFolder { folder in
            let ledger = try SQLiteLedger(state: folder)
            try await ledger.begin(.sample())
            let lease = try await ledger.intend(.sample())
            try await ledger.created(lease, .sample(id: "abc"))
            try await ledger.leaked(lease, why: "no answer")
            try await ledger.destroyed(lease)
            try await ledger.destroyed(lease)
            let events = try await ledger.events(of: lease)
            #expect(events.map(\.event) == ["intended", "created", "leaked", "destroyed"])
            #expect(events.map(\.resource) == ["", "abc", "abc", "abc"])
            #expect(events.map(\.why) == [nil, nil, "no answer", nil])
            #expect(events.map(\.time) == events.map(\.time).sorted())
        }
    }

    @Test func theJournalCannotBeRewritten() async throws {
        try await withTemporaryFolder { folder in
            let ledger = try SQLiteLedger(state: folder)
            try await ledger.begin(.sample())
            _ = try await ledger.intend(.sample())
            let stranger = try DatabaseQueue(path: ledger.file)
            let error = await #expect(throws: DatabaseError.self) {
                try await stranger.write { try $0.execute(sql: "UPDATE lease_events SET event = 'destroyed'") }
            }
            #expect(error?.message?.contains("append only") == true)
        }
    }

    @Test func aLeakTellsWhyAndEndsWhenItIsGone() async throws {
        try await withTemporaryFolder { folder in
            let ledger = try SQLiteLedger(state: folder)
            try await ledger.begin(.sample())
            let lease = try await ledger.intend(.sample())
            try await ledger.leaked(lease, why: "the reply was lost")
            #expect(try await ledger.open().map(\.why) == ["the reply was lost"])
            // The sweep found it: the id is known now, and it still is a leak.
            try await ledger.created(lease, .sample(id: "late"))
            let open = try #require(try await ledger.open().first)
            #expect(open.state == .leaked)
            #expect(open.resource.id == "late")
            #expect(open.why == "the reply was lost")
            try await ledger.destroyed(lease)
            #expect(try await ledger.open().isEmpty)
        }
    }

    @Test func openLeasesAreOldestFirst() async throws {
        try await withTemporaryFolder { folder in
            let ledger = try SQLiteLedger(state: folder)
            try await ledger.begin(.sample())
            var names: [String] = []
            for number in 0..<12 {
                names.append("host-\(11 - number)-\(sampleRun)")
                let lease = try await ledger.intend(.sample("host-\(11 - number)"))
                if number == 0 { try await ledger.created(lease, .sample("host-11", id: "touched last")) }
            }
            #expect(try await ledger.open().map(\.resource.name) == names)
        }
    }

    @Test func aDeadOwnersLeasesSayIt() async throws {
        try await withTemporaryFolder { folder in
            let ledger = try SQLiteLedger(state: folder)
            for (run, owner) in [("dead", Owner.dead), ("foreign", .foreign), ("own", .current())] {
                try await ledger.begin(.sample(RunID(run), owner: owner))
                _ = try await ledger.intend(.sample(run: RunID(run)))
            }
            #expect(try await ledger.open().map(\.isOwnerAlive) == [false, true, true])
        }
    }

    @Test func aResourceOfNoRunIsRefused() async throws {
        try await withTemporaryFolder { folder in
            let ledger = try SQLiteLedger(state: folder)
            let error = await #expect(throws: InfrastructureError.self) { _ = try await ledger.intend(.sample()) }
            #expect(error?.what == "the ledger knows no run \(sampleRun)")
            #expect(error?.isTransient == false)
        }
    }

    @Test func anUnknownLeaseIsRefused() async throws {
        try await withTemporaryFolder { folder in
            let ledger = try SQLiteLedger(state: folder)
            let error = await #expect(throws: InfrastructureError.self) { try await ledger.destroyed(LeaseID(7)) }
            #expect(
                error?.description
                    == "the ledger cannot record that resource 7 is gone: it holds no such resource; see what it holds: matrix status")
        }
    }

    @Test func thousandLeasesAtOnceAreAllRight() async throws {
        try await withTemporaryFolder { folder in
            let ledger = try SQLiteLedger(state: folder)
            try await ledger.begin(.sample())
            let problems = await mapConcurrently(Array(0..<1000), limit: 1000) { number -> (any Error)? in
                do {
                    let lease = try await ledger.intend(.sample("host-\(number)"))
                    try await ledger.created(lease, .sample("host-\(number)", id: "id-\(number)"))
                    if number.isMultiple(of: 2) { try await ledger.destroyed(lease) }
                    return nil
                } catch { return error }
            }
            #expect(problems.compactMap(\.self).isEmpty)
            let open = try await SQLiteLedger(state: folder).open()
            #expect(open.count == 500)
            #expect(open.allSatisfy { $0.state == .created })
            let expected = Set((0..<1000).filter { !$0.isMultiple(of: 2) }.map { "host-\($0)-\(sampleRun) id-\($0)" })
            #expect(Set(open.map { "\($0.resource.name) \($0.resource.id)" }) == expected)
        }
    }

    @Test func oneCallsErrorIsNotItsNeighbours() async throws {
        try await withTemporaryFolder { folder in
            let ledger = try SQLiteLedger(state: folder)
            try await ledger.begin(.sample())
            let worked = await mapConcurrently(Array(0..<200), limit: 200) { number -> Bool in
                // Every third names a run that never began.
                (try? await ledger.intend(.sample("h\(number)", run: number.isMultiple(of: 3) ? RunID("none") : sampleRun))) != nil
            }
            #expect(worked.enumerated().allSatisfy { $0.element == !$0.offset.isMultiple(of: 3) })
            #expect(try await ledger.open().count == worked.count(where: \.self))
        }
    }

    @Test func aCancelledTaskStillWrites() async throws {
        try await withTemporaryFolder { folder in
            let ledger = try SQLiteLedger(state: folder)
            try await ledger.begin(.sample())
            let task = Task {
                while !Task.isCancelled { await Task.yield() }
                return try await ledger.intend(.sample())
            }
            task.cancel()
            let lease = try await task.value
            #expect(try await ledger.open().map(\.id) == [lease])
        }
    }
}
