import Foundation
import IntegrationSupport
import MatrixCore
import Testing

@testable import MatrixLedger
@testable import MatrixLedgerTests

/// What survives a process that is killed. Alone in its process: an exit test's monitor meets no other child's end.
@Suite(.requires()) struct KilledLedgerTests {
    @Test func everythingIsOnDiskWhenItsCallReturns() async throws {
        let ended = try #require(
            await #expect(processExitsWith: .signal(SIGKILL), observing: [\.standardOutputContent]) {
                let folder = FileManager.default.temporaryDirectory.appending(path: "matrix-killed-\(UUID().uuidString)").path
                let ledger = try SQLiteLedger(state: folder)
                try await ledger.begin(.sample())
                try await ledger.created(ledger.intend(.sample("one")), .sample("one", id: "1"))
                _ = try await ledger.intend(.sample("two"))
                FileHandle.standardOutput.write(Data("folder=\(folder)\n".utf8))
                kill(getpid(), SIGKILL)
            })
        let folder = try #require(String(decoding: ended.standardOutputContent, as: UTF8.self).firstMatch(of: /folder=(.+)/)?.output.1)
        defer { try? FileManager.default.removeItem(atPath: String(folder)) }
        let leases = try await SQLiteLedger(state: String(folder)).open()
        #expect(leases.map(\.state) == [.created, .intended])
        #expect(leases.map(\.resource.id) == ["1", ""])
        #expect(leases.map(\.isOwnerAlive) == [false, false])
    }
}
