import Foundation
import MatrixCore
import Testing

@testable import MatrixLedger

/// What is on disk, and who may read it.
@Suite struct DurabilityTests {
    @Test func commitsAreSyncedAndTheLogIsOn() async throws {
        try await withTemporaryFolder { folder in
            let ledger = try SQLiteLedger(state: folder)
            let settings = try await ledger.read("test") { session in
                try ["journal_mode", "synchronous", "foreign_keys"].map { "\(try session.rows("PRAGMA \($0)"))" }
            }
            #expect(settings == ["[[journal_mode:\"wal\"]]", "[[synchronous:2]]", "[[foreign_keys:1]]"])
        }
    }

    @Test func theFolderAndTheFilesArePrivate() async throws {
        try await withTemporaryFolder { folder in
            let state = "\(folder)/a/.matrix"
            let ledger = try SQLiteLedger(state: state)
            try await ledger.begin(.sample())
            #expect(try mode(of: state) == 0o700)
            for name in ["state.db", "state.db-wal", "state.db-shm"] { #expect(try mode(of: "\(state)/\(name)") == 0o600, "\(name)") }
            #expect(try String(contentsOfFile: "\(state)/.gitignore", encoding: .utf8) == "*\n")
        }
    }

    @Test func aFolderThatWasThereIsLeftAsItIs() async throws {
        try await withTemporaryFolder { folder in
            let before = try mode(of: folder)
            _ = try SQLiteLedger(state: folder)
            #expect(try mode(of: folder) == before)
            #expect(!FileManager.default.fileExists(atPath: "\(folder)/.gitignore"))
        }
    }

    @Test func manyOpenANewFileAtOnce() async throws {
        try await withTemporaryFolder { folder in
            let state = "\(folder)/.matrix"
            let problems = await mapConcurrently(Array(0..<16), limit: 16) { number -> String? in
                do {
                    try await SQLiteLedger(state: state).begin(.sample(RunID("r\(number)")))
                    return nil
                } catch { return "\(error)" }
            }
            #expect(problems.compactMap(\.self) == [])
            let again = try SQLiteLedger(state: state)
            #expect(try await again.runs(limit: 100).count == 16)
        }
    }
}
