import Foundation
import IntegrationSupport
import MatrixCore
import Testing

@testable import MatrixLedger
@testable import MatrixLedgerTests

/// A ledger that another process has locked.
@Suite(.requires(.sqlite)) struct LockedLedgerTests {
    @Test func anotherProcesssLockIsWaitedFor() async throws {
        try await withTemporaryFolder { folder in
            let ledger = try SQLiteLedger(state: folder)
            let holder = try LockHolder(ledger.file)
            async let begun: Void = ledger.begin(.sample())
            // It waits by now, or comes to a lock that is gone: both are fine.
            try await Task.sleep(for: .milliseconds(200))
            let again = try SQLiteLedger(state: folder)
            #expect(try await again.run(sampleRun) == nil, "readers do not wait for a writer")
            try holder.letGo()
            try await begun
            #expect(try await ledger.run(sampleRun) != nil)
        }
    }

    @Test func aLockThatStaysIsNamed() async throws {
        try await withTemporaryFolder { folder in
            let ledger = try SQLiteLedger(state: folder, patience: .milliseconds(100))
            let holder = try LockHolder(ledger.file)
            let error = await #expect(throws: InfrastructureError.self) { try await ledger.begin(.sample()) }
            #expect(
                error?.description
                    == "the ledger \(ledger.file) could not record run \(sampleRun): another process holds its lock; "
                    + "find it with: fuser -v \(ledger.file); end it, then try again")
            #expect(error?.type == "matrix.ledger.locked")
            #expect(error?.isTransient == true)
            try holder.letGo()
            try await ledger.begin(.sample())
        }
    }
}

/// The `sqlite3` program with a write lock on a database.
private struct LockHolder {
    private let process = Process()
    private let input = Pipe()
    private let output = Pipe()

    init(_ file: String) throws {
        process.executableURL = URL(filePath: "/usr/bin/env")
        process.arguments = ["sqlite3", file]
        process.standardInput = input
        process.standardOutput = output
        try process.run()
        try input.fileHandleForWriting.write(contentsOf: Data("BEGIN IMMEDIATE;\nSELECT 'locked';\n".utf8))
        let answer = output.fileHandleForReading.availableData
        try #require(String(decoding: answer, as: UTF8.self) == "locked\n")
    }

    func letGo() throws {
        try input.fileHandleForWriting.write(contentsOf: Data("ROLLBACK;\n".utf8))
        try input.fileHandleForWriting.close()
        process.waitUntilExit()
    }
}
