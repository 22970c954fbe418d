import Foundation
import MatrixCore
import MatrixLedger
import MatrixTesting
import Testing

@testable import MatrixCLI

/// Runs whose folder is there although the ledger knows nothing of them.
@Suite struct StrayRunTests {
    private let folder: TemporaryFolder
    private let state: StateFolder
    private let run = RunID("261123-050122-test")

    init() throws {
        folder = try TemporaryFolder()
        state = try StateFolder(folder.path)
    }

    private var record: RunRecord {
        RunRecord(
            run: run, matrix: "m", file: "/p/m.yml", started: .now, owner: .nobody, platforms: ["podman": #"{"driver":"podman"}"#],
            reports: "\(folder.path)/reports")
    }

    /// As after the death of the process that made it.
    private func orphan(_ record: RunRecord? = nil) throws {
        try RunFile(owner: .nobody, record: record).write(in: try state.makeDirectory(of: run))
    }

    private func meaning() async throws -> String? {
        try await state.strayRuns().first.map { stray in
            switch stray.meaning {
            case .nothingLeft: "nothing left"
            case .lost(let record): "lost \(record.run) of \(record.file)"
            case .unknown: "unknown"
            }
        }
    }

    @Test func theFolderOfALivingProcessIsNoStray() async throws {
        _ = try state.makeDirectory(of: run)
        #expect(try await meaning() == nil)
    }

    @Test func aRunThatDiedBeforeItCouldCreateAnythingLeftNothing() async throws {
        try orphan()
        #expect(try await meaning() == "nothing left")
        let left = try await Reaping(state: state, redactor: Redactor()).tidy()
        #expect(left.isEmpty && !FileManager.default.fileExists(atPath: state.directory(of: run)))
    }

    @Test func aRunThatTheLedgerLostMayHaveLeftSomething() async throws {
        try orphan(record)
        #expect(try await meaning() == "lost \(run) of /p/m.yml")
        let left = try await Reaping(state: state, redactor: Redactor()).tidy()
        #expect(left.first?.line?.contains("matrix reap --run \(run) --yes") == true)
        #expect(FileManager.default.fileExists(atPath: state.directory(of: run)), "its key is still needed")
    }

    @Test func aFolderOfAnEarlierVersionIsNotJudged() async throws {
        try FileManager.default.createDirectory(atPath: state.directory(of: run), withIntermediateDirectories: true)
        #expect(try await meaning() == "unknown")
        #expect(try await state.strayRuns().first?.line?.contains("matrix reap FILE --run \(run) --yes") == true)
    }

    @Test func aDeadRunOnTheLedgerIsTheReapers() async throws {
        try orphan(record)
        try await state.ledger.begin(record)
        #expect(try await meaning() == nil)
        #expect(try await state.ledger.unfinishedRuns().map(\.run) == [run])
        try await state.ledger.end(run, exitStatus: .leaked)
        #expect(try await meaning() == "nothing left", "it has ended and has no lease")
    }

    @Test func anAdoptedRunIsOneThatDied() async throws {
        try orphan(record)
        try await state.adopt(record)
        #expect(try await meaning() == nil)
        #expect(try await state.ledger.unfinishedRuns().map(\.run) == [run])
    }

    @Test func theFileKeepsTheRecordForTheNextProcess() async throws {
        try orphan(record)
        let taken = RunFile(in: try state.makeDirectory(of: run))
        #expect(taken?.owner == .current() && taken?.record?.run == run)
        #expect(taken?.record?.platforms == record.platforms)
        let mode = try FileManager.default.attributesOfItem(atPath: "\(state.directory(of: run))/run.json")[.posixPermissions] as? Int
        #expect(mode == 0o600)
    }

    @Test func aDeadRunIsSaidWithItsReport() throws {
        var record = record
        #expect(Reaping.obituary(of: record).hasSuffix("died: the machine was restarted"))
        record.owner = .current()
        record.owner.startTicks += 1
        try folder.put("reports/junit.xml")
        #expect(
            Reaping.obituary(of: record).hasSuffix(
                "died: its process was killed or crashed; what it had not finished is an error in \(folder.path)/reports/junit.xml"))
    }
}
