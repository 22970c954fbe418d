import Foundation
import MatrixCore
import Testing

@testable import MatrixLedger

/// Ledgers that cannot be used, and what their users are told.
@Suite struct TroubleTests {
    @Test func damageInTheMiddleIsNoticedToo() async throws {
        try await withTemporaryFolder { folder in
            do {
                let ledger = try SQLiteLedger(state: folder)
                try await ledger.begin(.sample())
                for number in 0..<200 { _ = try await ledger.intend(.sample("h\(number)")) }
            }
            let file = "\(folder)/state.db"
            try await untilClosed(file)
            let handle = try FileHandle(forUpdating: URL(filePath: file))
            let size = try handle.seekToEnd()
            // All but the first page, which holds the list of tables.
            try handle.seek(toOffset: 4096)
            try handle.write(contentsOf: Data(repeating: 0xff, count: Int(size) - 4096))
            try handle.close()
            let error = await #expect(throws: InfrastructureError.self) { _ = try await SQLiteLedger(state: folder).open() }
            #expect(error?.type == "matrix.ledger.damaged")
            #expect(error?.next?.contains("mv \(file)*") == true)
        }
    }

    @Test func aNewerFileIsLeftAlone() async throws {
        try await withTemporaryFolder { folder in
            do {
                let ledger = try SQLiteLedger(state: folder)
                try await ledger.write("test") { try $0.execute("INSERT INTO grdb_migrations VALUES ('newer')") }
            }
            let error = #expect(throws: UsageError.self) { _ = try SQLiteLedger(state: folder) }
            #expect(
                error?.description
                    == "error: the ledger \(folder)/state.db cannot be used: a newer version of matrix wrote it; "
                    + "use that version, or another folder with --state DIR")
        }
    }

    @Test func aFileInPlaceOfTheFolderIsRefused() async throws {
        try await withTemporaryFolder { folder in
            try Data().write(to: URL(filePath: "\(folder)/state"))
            for state in ["\(folder)/state", "\(folder)/state/below"] {
                let error = #expect(throws: UsageError.self) { _ = try SQLiteLedger(state: state) }
                #expect(
                    error?.description
                        == "error: the state folder \(state) cannot be used: Not a directory; "
                        + "name another one with --state DIR or SOLTI_STATE"
                )
            }
        }
    }

    /// Not even root makes folders there.
    @Test func aFolderThatCannotBeMadeIsRefused() {
        let error = #expect(throws: UsageError.self) { _ = try SQLiteLedger(state: "/proc/self/matrix") }
        #expect(error?.description.contains("the state folder /proc/self/matrix cannot be used: ") == true)
    }

    @Test func aFileThatCannotBeOpenedIsRefused() async throws {
        try await withTemporaryFolder { folder in
            try FileManager.default.createDirectory(atPath: "\(folder)/state.db", withIntermediateDirectories: true)
            let error = #expect(throws: UsageError.self) { _ = try SQLiteLedger(state: folder) }
            #expect(error?.diagnostics.first?.message == "the ledger \(folder)/state.db cannot be used: unable to open database file")
            #expect(
                error?.diagnostics.first?.hint
                    == "make \(folder) writable for this account, or name another folder with --state DIR or SOLTI_STATE")
        }
    }

    @Test func aReadOnlyFileIsRefused() async throws {
        try await withTemporaryFolder { folder in
            let ledger = try SQLiteLedger(state: folder)
            try await ledger.write("test") { try $0.execute("PRAGMA query_only = 1") }
            let error = await #expect(throws: InfrastructureError.self) { try await ledger.begin(.sample()) }
            #expect(error?.type == "matrix.ledger.readonly")
            #expect(error?.why == "attempt to write a readonly database")
        }
    }

    @Test func aFullDiskLosesNothingThatWasWritten() async throws {
        try await withTemporaryFolder { folder in
            let ledger = try SQLiteLedger(state: folder)
            try await ledger.begin(.sample())
            // SQLite's own limit gives the error of a full disk.
            try await ledger.write("test") { _ = try $0.rows("PRAGMA max_page_count = 40") }
            var written = 0
            let error = await #expect(throws: InfrastructureError.self) {
                while written < 10000 {
                    _ = try await ledger.intend(.sample("h\(written)"))
                    written += 1
                }
            }
            #expect(error?.type == "matrix.ledger.disk")
            #expect(error?.why == "database or disk is full")
            #expect(error?.next == "free space on its disk (df -h \(folder)), then run matrix reap")
            #expect(written > 0)
            let again = try SQLiteLedger(state: folder)
            #expect(try await again.open().count == written)
        }
    }

    @Test func aRecordThatSomebodyElseWroteIsDamage() async throws {
        try await withTemporaryFolder { folder in
            let ledger = try SQLiteLedger(state: folder)
            try await ledger.begin(.sample())
            try await ledger.write("test") { try $0.execute("UPDATE runs SET owner = 'me'") }
            let error = await #expect(throws: InfrastructureError.self) { _ = try await ledger.run(sampleRun) }
            #expect(error?.type == "matrix.ledger.damaged")
        }
    }

    /// The last connection writes the log back and removes it when it closes, a moment after its last call.
    private func untilClosed(_ file: String) async throws {
        try await withDeadline(.seconds(600)) {
            while FileManager.default.fileExists(atPath: "\(file)-wal") { try await Task.sleep(for: .milliseconds(5)) }
        }
    }
}
