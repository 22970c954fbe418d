import MatrixCore
import Testing

@testable import MatrixPlatforms

/// What a machine's status says of a lost connection.
@Suite struct TroubleTests {
    @Test func aMemoryThatShrankIsNamed() {
        let status: Value = ["status": "running", "balloon": .int(217 << 20), "maxmem": .int(2 << 30)]
        #expect(ProxmoxPlatform.trouble(of: status) == "has only 217.0 MiB of its 2.0 GiB of memory: the node took the rest (balloon)")
    }

    @Test func aMachineThatDoesNotRunIsNamed() {
        #expect(ProxmoxPlatform.trouble(of: ["status": "stopped"]) == "is stopped")
    }

    @Test func aMachineInOrderExplainsNothing() {
        #expect(ProxmoxPlatform.trouble(of: ["status": "running", "maxmem": .int(2 << 30)]) == nil)
        #expect(ProxmoxPlatform.trouble(of: ["status": "running", "balloon": .int(2 << 30), "maxmem": .int(2 << 30)]) == nil)
    }
}
