import Foundation
import MatrixCore
import Testing

@testable import MatrixLedger

@Suite struct OwnerTests {
    @Test func thisProcessIsAlive() {
        let owner = Owner.current()
        #expect(owner.pid == ProcessInfo.processInfo.processIdentifier)
        #expect(owner.startTicks > 0)
        #expect(!owner.boot.isEmpty)
        #expect(!owner.machine.isEmpty)
        #expect(owner == .current())
        #expect(owner.isAlive)
    }

    @Test func anotherStartIsAnotherProcess() {
        #expect(!Owner.dead.isAlive)
    }

    @Test func aRebootEndsEveryProcess() {
        var owner = Owner.current()
        owner.boot = "00000000-0000-4000-8000-000000000000"
        #expect(!owner.isAlive)
    }

    @Test func nobodyElsesMachineIsJudged() {
        var owner = Owner.dead
        owner.machine = "elsewhere"
        #expect(owner.isAlive)
        owner.boot = "other"
        #expect(owner.isAlive)
    }

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

    @Test func aNameWithSpacesAndParenthesesIsNoField() throws {
        let fields = "S 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 4711 20"
        let status = try #require(ProcessStatus(stat: "7 (a) b) (c) \(fields)"))
        #expect(status.startTicks == 4711)
        #expect(status.state == "S")
        #expect(ProcessStatus(stat: "7 (x) S 1") == nil)
        #expect(ProcessStatus(stat: "nonsense") == nil)
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
