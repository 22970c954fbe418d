import MatrixCore
import MatrixTesting
import Testing

@testable import MatrixProvision

/// A host about which everything is known, and on which nothing is to be done.
@Suite struct KnownHostTests {
    /// Its connection has asked it what it is.
    private func greeted() -> ScriptedTransport {
        let transport = ScriptedTransport()
        transport.introduce(HostFacts("id debian\nversion 12\ntitle Debian GNU/Linux 12\nkernel 6.1\narch aarch64\n"))
        return transport
    }

    private func facts(of plan: ProvisionPlan, over transport: any Transport) async throws -> [String: String] {
        let os = OperatingSystem(name: "debian12", family: "debian", packageManager: .apt, release: .init(id: "debian", version: "12"))
        let host = HostPlan(name: "rpi")
        let cell = CellPlan(
            name: "rpi", point: [AxisValue(axis: "os", value: "debian12")], os: os, platform: "farm", hosts: [host], provision: plan)
        let resource = Resource(platform: "farm", kind: "host", name: "rpi-r", run: RunID("r"), cell: "rpi", host: "rpi")
        let endpoint = Endpoint(address: "10.0.0.1", user: "pi", keyFile: "/k", knownHostsFile: "/h", alias: "rpi")
        return try await HostProvisioner().provision(
            Host(plan: host, resource: resource, endpoint: endpoint, transport: transport), of: cell, peers: []
        ) { _ in }
    }

    @Test("needs no session")
    func nothingToDo() async throws {
        let transport = greeted()
        let facts = try await facts(of: ProvisionPlan(setsHostname: false), over: transport)
        #expect(facts["os.name"] == "Debian GNU/Linux 12" && facts["kernel"] == "6.1" && facts["arch"] == "aarch64")
        #expect(transport.commands.isEmpty)
    }

    @Test("is asked if something is to be done, in one session")
    func something() async throws {
        let transport = greeted()
        transport.answer("main </dev/null")
        _ = try await facts(of: ProvisionPlan(packages: ["vim"], setsHostname: false), over: transport)
        #expect(transport.commands.count == 1)
    }
}
