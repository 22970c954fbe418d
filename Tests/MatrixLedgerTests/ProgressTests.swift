import MatrixCore
import Testing

@testable import MatrixLedger

/// How far cells have come, and since when intended resources are known not to be there.
@Suite struct ProgressTests {
    private func record(_ phase: Phase, _ outcome: Outcome = .passed) -> PhaseRecord {
        let result = CaseResult(
            phase: phase, step: "s", name: "it's \(phase)", outcome: outcome, started: Timestamp(seconds: 5), seconds: 1)
        let host = HostResult(name: "h", role: "host", address: "10.0.0.1", resource: "7", facts: ["os": "debian12"])
        return PhaseRecord(phase, outcome: outcome, finished: Timestamp(seconds: 6), cases: [result], hosts: [host], ended: "because")
    }

    @Test func phasesComeBackInTheirOrderWithAllThatTheyHeld() async throws {
        try await withTemporaryFolder { folder in
            let ledger = try SQLiteLedger(state: folder)
            try await ledger.begin(.sample())
            for phase in [Phase.create, .provision, .deploy] { try await ledger.record(record(phase), of: "a", in: sampleRun) }
            try await ledger.record(record(.create, .error), of: "b", in: sampleRun)
            let progress = try await SQLiteLedger(state: folder).progress(of: sampleRun)
            #expect(progress["a"]?.map(\.phase) == [.create, .provision, .deploy])
            #expect(progress["b"]?.map(\.outcome) == [.error])
            #expect(progress["a"]?[2].cases.map(\.name) == ["it's deploy"])
            #expect(progress["a"]?[2].hosts.first?.facts == ["os": "debian12"])
            #expect(progress["a"]?[2].ended == "because")
        }
    }

    @Test func aPhaseThatIsDoneAgainMakesTheLaterOnesUndone() async throws {
        try await withTemporaryFolder { folder in
            let ledger = try SQLiteLedger(state: folder)
            try await ledger.begin(.sample())
            for phase in [Phase.create, .provision, .deploy, .verify] { try await ledger.record(record(phase), of: "a", in: sampleRun) }
            try await ledger.record(record(.provision, .error), of: "a", in: sampleRun)
            #expect(try await ledger.progress(of: sampleRun)["a"]?.map(\.outcome) == [.passed, .error])
        }
    }

    @Test(
        arguments: zip(
            [.passed, .failed, .leaked, .interrupted, .killed] as [MatrixCore.ExitStatus],
            [["up"], ["up"], ["up"], ["gone", "up"], ["gone", "up"]]))
    func aRunThatIsOverKeepsOnlyThatOfCellsThatAreUp(status: MatrixCore.ExitStatus, left: [String]) async throws {
        try await withTemporaryFolder { folder in
            let ledger = try SQLiteLedger(state: folder)
            try await ledger.begin(.sample())
            for cell in ["gone", "up"] { try await ledger.record(record(.create), of: cell, in: sampleRun) }
            var resource = Resource.sample()
            resource.cell = "up"
            _ = try await ledger.intend(resource)
            try await ledger.end(sampleRun, exitStatus: status)
            #expect(try await ledger.progress(of: sampleRun).keys.sorted() == left)
        }
    }

    @Test func aRunThatIsGoneOnWithKeepsItsArguments() async throws {
        try await withTemporaryFolder { folder in
            let ledger = try SQLiteLedger(state: folder)
            var run = RunRecord.sample()
            run.arguments = ["set": ["vars.version=2"]]
            try await ledger.begin(run)
            run.arguments = [:]
            try await ledger.begin(run)
            #expect(try await ledger.run(sampleRun)?.arguments == ["set": ["vars.version=2"]])
        }
    }

    @Test func absenceIsDatedOnce() async throws {
        try await withTemporaryFolder { folder in
            let ledger = try SQLiteLedger(state: folder)
            try await ledger.begin(.sample())
            let lease = try await ledger.intend(.sample())
            let first = try await ledger.absent(lease)
            #expect(try await ledger.absent(lease) == first)
            #expect(try await SQLiteLedger(state: folder).absent(lease) == first)
            #expect(try await ledger.open().map(\.state) == [.intended])
            #expect(try await ledger.events(of: lease).map(\.event) == ["intended", "absent"])
        }
    }

    @Test func anAbsenceFromATimeToComeIsDatedAnew() async throws {
        try await withTemporaryFolder { folder in
            let ledger = try SQLiteLedger(state: folder)
            try await ledger.begin(.sample())
            let lease = try await ledger.intend(.sample())
            try await ledger.write("test") { try $0.execute("UPDATE leases SET absent = ?", [Timestamp.wall.seconds + 9999]) }
            let dated = try await ledger.absent(lease)
            #expect(dated <= .wall)
            #expect(try await ledger.absent(lease) == dated)
        }
    }
}
