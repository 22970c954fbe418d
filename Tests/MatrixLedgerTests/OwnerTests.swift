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

    @Test func aNameWithSpacesAndParenthesesIsNoField() throws {
        let fields = "S 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 4711 20"
        let status = try #require(ProcessStatus(stat: "7 (a) b) (c) \(fields)"))
        #expect(status.startTicks == 4711)
        #expect(status.state == "S")
        #expect(ProcessStatus(stat: "7 (x) S 1") == nil)
        #expect(ProcessStatus(stat: "nonsense") == nil)
    }
}
