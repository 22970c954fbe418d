import Foundation
import IntegrationSupport
import MatrixCore
import Testing

@testable import MatrixLedger
@testable import MatrixLedgerTests

/// Alone in its process, as it leaves a zombie for a moment.
@Suite(.requires()) struct KilledOwnerTests {
    @Test func aChildIsAliveUntilItIsKilledEvenBeforeItsParentNotices() async throws {
        let pid = try spawnSleep()
        var owner = Owner.current()
        owner.pid = pid
        owner.startTicks = try #require(ProcessStatus(pid: pid)).startTicks
        #expect(owner.isAlive)
        kill(pid, SIGKILL)
        // WNOWAIT leaves it as the zombie that it is until somebody waits for it.
        var information = siginfo_t()
        #expect(waitid(P_PID, id_t(pid), &information, WEXITED | WNOWAIT) == 0)
        #expect(ProcessStatus(pid: pid)?.state == "Z")
        #expect(!owner.isAlive)
        var status: Int32 = 0
        waitpid(pid, &status, 0)
        #expect(!owner.isAlive)
    }

    /// Not by `Process`, which would wait for it at once.
    private func spawnSleep() throws -> pid_t {
        var pid: pid_t = 0
        let words: [UnsafeMutablePointer<CChar>?] = [strdup("sleep"), strdup("60"), nil]
        defer { for word in words { free(word) } }
        let result = posix_spawnp(&pid, "sleep", nil, nil, words, [nil])
        try #require(result == 0)
        return pid
    }
}
