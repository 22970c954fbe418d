import MatrixCore
import Testing

@Suite struct CellPlanTests {
    private let cell = CellPlan(
        name: "debian12-podman", point: [],
        os: OperatingSystem(name: "debian12", family: "debian", packageManager: .apt, release: .init(id: "debian", version: "12")),
        platform: "podman",
        hosts: [
            HostPlan(name: "c-server-1", role: "server", groups: ["influxdb"]),
            HostPlan(name: "c-client-1", role: "client", groups: ["telegraf"]),
            HostPlan(name: "c-client-2", role: "client", index: 2, groups: ["telegraf"]),
        ])

    @Test(arguments: [
        (String?.none, [0, 1, 2]), ("all", [0, 1, 2]), ("server", [0]), ("client", [1, 2]), ("telegraf", [1, 2]), ("c-client-2", [2]),
        ("none", []),
    ])
    func aSelectorNamesHosts(selector: String?, indices: [Int]) {
        #expect(cell.hosts(selectedBy: selector) == indices.map { cell.hosts[$0] })
    }

    @Test func labelsAreShortAndUnique() {
        #expect(cell.hosts.map { $0.label(in: cell.hosts) } == ["server", "client-1", "client-2"])
    }

    @Test func everyPhaseHasItsLimit() {
        let timeouts = Timeouts([
            .create: .seconds(1), .provision: .seconds(2), .deploy: .seconds(3), .verify: .seconds(4), .finally: .seconds(5),
            .destroy: .seconds(6),
        ])
        #expect(Phase.allCases.map { timeouts[$0] } == (1...6).map { .seconds($0) })
    }
}
