import MatrixCore
import Testing

@testable import MatrixPlatforms

@Suite struct SizeCheckTests {
    private let node = SizeCheck.Node(cores: 2, memory: 4 << 30)

    private func excess(_ size: HostSize, _ template: Value = [:]) -> [String] {
        SizeCheck.excess(of: size, MachineConfig(template), on: "pve1", node).map(\.message)
    }

    @Test func aMachineThatFitsIsNoProblem() {
        #expect(excess(HostSize(cores: 2, memory: 4 << 30), ["cores": 8]) == [])
        #expect(excess(HostSize(), ["cores": 2, "memory": "4096"]) == [])
        #expect(SizeCheck.excess(of: HostSize(), nil, on: "pve1", node).isEmpty)
    }

    @Test func aLargerOneIsNamedWithWhatTheNodeHas() {
        #expect(excess(HostSize(cores: 4)) == ["a machine has 4 cores, but node pve1 has 2"])
        #expect(excess(HostSize(), ["cores": 2, "sockets": 2]) == ["the template's machines have 4 cores, but node pve1 has 2"])
        #expect(excess(HostSize(), ["memory": "8192"]) == ["a machine has 8.0 GiB of memory, but node pve1 has 4.0 GiB"])
    }
}
