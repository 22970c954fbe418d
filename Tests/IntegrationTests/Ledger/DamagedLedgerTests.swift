import Foundation
import IntegrationSupport
import MatrixCore
import MatrixRemote
import Testing

@testable import MatrixLedger
@testable import MatrixLedgerTests

/// What the message about a damaged ledger says, done by a real shell.
@Suite(.requires()) struct DamagedLedgerTests {
    @Test func aFileThatIsNoDatabaseIsMovedAsideByTheCommandThatIsShown() async throws {
        try await withTemporaryFolder { folder in
            let state = "\(folder)/it's here"
            try FileManager.default.createDirectory(atPath: state, withIntermediateDirectories: true)
            try Data(repeating: 0x41, count: 8192).write(to: URL(filePath: "\(state)/state.db"))
            try Data("old log".utf8).write(to: URL(filePath: "\(state)/state.db-wal"))
            let error = #expect(throws: InfrastructureError.self) { _ = try SQLiteLedger(state: state) }
            #expect(error?.what == "the ledger \(state)/state.db could not be opened")
            #expect(error?.why == "it is damaged (file is not a database)")
            #expect(error?.isTransient == false)
            let command = try #require(error?.next?.firstMatch(of: /with: (.+?);/)?.output.1)
            #expect(try await LocalTransport().run(Command(["sh", "-c", String(command)])).succeeded)
            let ledger = try SQLiteLedger(state: state)
            try await ledger.begin(.sample())
            let aside = try #require(try FileManager.default.contentsOfDirectory(atPath: state).first { $0.hasPrefix("damaged-") })
            #expect(FileManager.default.fileExists(atPath: "\(state)/\(aside)/state.db"))
        }
    }
}
