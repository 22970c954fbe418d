import MatrixCore
import Testing

@testable import MatrixPlatforms

@Suite struct SeatingTests {
    private func machine(_ name: String, os: String = "debian12", roles: [String] = [], arch: String? = nil, memory: Int? = nil)
        -> PoolMachine
    {
        PoolMachine(name: name, address: "10.0.0.\(name)", user: "pi", os: os, arch: arch, roles: roles, size: HostSize(memory: memory))
    }

    private func cell(_ roles: [(String, Int)], memory: Int? = nil, arch: String? = nil) -> CellPlan {
        let hosts = roles.flatMap { role, count in
            (1...count).map { HostPlan(name: "c-\(role)-\($0)", role: role, index: $0, size: HostSize(memory: memory)) }
        }
        var cell = Samples.cell(Samples.debian12, hosts: hosts)
        if let arch { cell.point.append(AxisValue(axis: "arch", value: arch)) }
        return cell
    }

    @Test func rolesAndSystemsAreMatched() throws {
        let machines = [
            machine("1", roles: ["control"]), machine("2", roles: ["worker"]), machine("3", os: "debian13", roles: ["worker"]),
            machine("4", roles: ["worker"]),
        ]
        let seats = try #require(HostAssignment(cell: cell([("control", 1), ("worker", 2)]), machines: machines).seats())
        #expect(seats["c-control-1"]?.name == "1")
        #expect(Set([seats["c-worker-1"]?.name, seats["c-worker-2"]?.name]) == ["2", "4"])
        #expect(!HostAssignment(cell: cell([("worker", 3)]), machines: machines).isPossible)
        #expect(!HostAssignment(cell: cell([("database", 1)]), machines: machines).isPossible)
    }

    /// Taking the first that fits would leave the second host without one.
    @Test func aHostMovesForOneThatHasNoOtherChoice() throws {
        let machines = [machine("1", roles: ["worker", "control"]), machine("2", roles: ["worker"])]
        let seats = try #require(HostAssignment(cell: cell([("worker", 1), ("control", 1)]), machines: machines).seats())
        #expect(seats["c-control-1"]?.name == "1" && seats["c-worker-1"]?.name == "2")
    }

    @Test func aCellWithoutRolesTakesAny() {
        #expect(HostAssignment(cell: Samples.cell(Samples.debian12), machines: [machine("1", roles: ["control"])]).isPossible)
    }

    @Test func machinesOfTheRoleComeBeforeThoseOfAny() throws {
        let seats = try #require(
            HostAssignment(cell: cell([("worker", 1)]), machines: [machine("1"), machine("2", roles: ["worker"])]).seats())
        #expect(seats["c-worker-1"]?.name == "2")
    }

    @Test func whatIsKnownToBeTooSmallIsNotLent() {
        let wanting = cell([("worker", 1)], memory: 8 << 30)
        #expect(!HostAssignment(cell: wanting, machines: [machine("1", memory: 4 << 30)]).isPossible)
        #expect(HostAssignment(cell: wanting, machines: [machine("1", memory: 8 << 30)]).isPossible)
        #expect(HostAssignment(cell: wanting, machines: [machine("1")]).isPossible)
    }

    @Test(arguments: [("arm64", "aarch64", true), ("amd64", "aarch64", false), ("x86_64", "amd64", true)])
    func anAxisArchIsMatched(_ wanted: String, _ has: String, _ fits: Bool) {
        #expect(HostAssignment(cell: cell([("worker", 1)], arch: wanted), machines: [machine("1", arch: has)]).isPossible == fits)
    }

    @Test func aWishIsSaidInWords() {
        #expect(
            HostAssignment(cell: cell([("control", 1), ("worker", 2)]), machines: []).wish == "3 hosts of debian12 (1 control, 2 worker)")
        #expect(HostAssignment(cell: Samples.cell(Samples.debian12), machines: []).wish == "1 host of debian12")
    }
}
