import MatrixCore
import MatrixLedger
import Testing

@Suite struct RunRecordTests {
    @Test func aRunIsReadBackAsItWasWritten() async throws {
        try await withTemporaryFolder { folder in
            let ledger = try SQLiteLedger(state: folder)
            try await ledger.begin(.sample())
            #expect(try await ledger.run(sampleRun) == .sample())
            try await ledger.end(sampleRun, exitStatus: .infrastructure)
            let again = try SQLiteLedger(state: folder)
            #expect(try await again.run(sampleRun)?.exitStatus == .infrastructure)
            #expect(try await ledger.run(RunID("other")) == nil)
        }
    }

    @Test func theEndOfAnUnknownRunIsAnError() async throws {
        try await withTemporaryFolder { folder in
            let ledger = try SQLiteLedger(state: folder)
            await #expect(throws: InfrastructureError.self) { try await ledger.end(sampleRun, exitStatus: .passed) }
        }
    }

    @Test func theNewestRunsComeFirst() async throws {
        try await withTemporaryFolder { folder in
            let ledger = try SQLiteLedger(state: folder)
            for (name, started) in [("b", 20.0), ("c", 30), ("a", 10)] { try await ledger.begin(.sample(RunID(name), started: started)) }
            #expect(try await ledger.runs(limit: 2).map(\.run.value) == ["c", "b"])
            #expect(try await ledger.runs(limit: 9).count == 3)
            #expect(try await ledger.runs(limit: -1).isEmpty)
        }
    }

    @Test func aDeadOwnersRunCanBeResumed() async throws {
        try await withTemporaryFolder { folder in
            let ledger = try SQLiteLedger(state: folder)
            try await ledger.begin(.sample(owner: .dead))
            let lease = try await ledger.intend(.sample())
            try await ledger.begin(.sample(owner: .current()))
            #expect(try await ledger.run(sampleRun)?.owner == .current())
            #expect(try await ledger.open().map(\.id) == [lease])
        }
    }

    @Test func aLivingOwnersRunIsItsOwn() async throws {
        try await withTemporaryFolder { folder in
            let ledger = try SQLiteLedger(state: folder)
            try await ledger.begin(.sample(owner: .foreign))
            let error = await #expect(throws: UsageError.self) { try await ledger.begin(.sample(owner: .current())) }
            #expect(
                error?.description
                    == "error: run \(sampleRun) still belongs to process 1 on elsewhere; wait for it, or end it there with: kill 1")
            try await ledger.end(sampleRun, exitStatus: .passed)
            try await ledger.begin(.sample(owner: .current()))
        }
    }
}
