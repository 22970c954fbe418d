import Foundation
import MatrixCore
import MatrixTesting
import Testing

@testable import MatrixPlatforms

@Suite struct StaticSettingsTests {
    private func document(_ value: Value) -> Document {
        Document(value: value, at: SourceLocation(file: "/settings/farm.yml", line: 1, column: 1))
    }

    @Test func hostsTakeWhatThePoolSays() throws {
        let settings = try StaticSettingsReader.read(
            document([
                "user": "pi", "os": "debian12", "port": 2222, "wait": "0s",
                "hosts": [
                    ["name": "rpi-1", "address": "192.168.1.50", "roles": ["control"]],
                    ["name": "rpi-2.lan", "port": 22, "os": "debian13", "user": "root"],
                ],
                "reset": ["true", ["name": "k3s", "run": "k3s-uninstall.sh"]],
            ]))
        guard case .hosts(let machines) = settings.source else { return #expect(Bool(false), "no hosts") }
        #expect(machines.map(\.id) == ["192.168.1.50:2222", "rpi-2.lan:22"])
        #expect(machines.map(\.user) == ["pi", "root"] && machines.map(\.os) == ["debian12", "debian13"])
        #expect(machines[0].key == nil && machines[0].roles == ["control"])
        #expect(settings.wait == .zero && settings.reset.map(\.name) == ["reset 1", "k3s"])
    }

    @Test func everyProblemIsNamedAtOnce() {
        let problems = StaticSettingsReader.examine(
            document([
                "group": "pis", "key": "/nowhere/key", "connect_timeout": "0s",
                "hosts": [
                    ["name": "rpi-1", "address": "10.0.0.1", "os": "debian12"], ["name": "rpi-1", "address": "10.0.0.2", "os": "debian12"],
                    ["name": "rpi-3", "address": "10.0.0.1", "os": "debian12"], ["name": "rpi-4"],
                    ["name": "rpi-5", "os": "debian12", "host_key": "nonsense"],
                ],
                "reset": [["name": "both", "run": "true", "file": "/nowhere/script"]],
            ])
        ).map(\.message)
        let expected = [
            "the key /nowhere/key cannot be read", "group needs an inventory", "the host rpi-4 names no system",
            "'nonsense' is not a public host key",
            "the name rpi-1 is given twice, first at /settings/farm.yml:1:1", "rpi-3 has the same address as rpi-1: 10.0.0.1:22",
            "connect_timeout must be above 0s", "the step both needs either run or file",
        ]
        #expect(problems == expected)
    }

    @Test func aPoolNeedsHosts() {
        #expect(StaticSettingsReader.examine(document([:])).map(\.message) == ["the pool has no hosts"])
    }

    // MARK: - Ansible

    private static let listing = """
        {"_meta": {"hostvars": {
          "rpi-1": {"ansible_host": "192.168.1.50", "ansible_user": "pi", "solti_arch": "arm64"},
          "rpi-2": {"ansible_port": 2222, "solti_roles": "worker, spare", "solti_os": "debian13"},
          "nas": {}}},
         "all": {"children": ["ungrouped", "pis"]}, "ungrouped": {"hosts": ["nas"]},
         "pis": {"children": ["k3s_control", "k3s_worker"]}, "k3s_control": {"hosts": ["rpi-1"]}, "k3s_worker": {"hosts": ["rpi-2"]}}
        """

    private func machines(group: String?, os: String?) async throws -> [PoolMachine] {
        let runner = ScriptedTransport()
        runner.answer("ansible-inventory -i /farm/hosts.yml --list", output: Self.listing)
        return try await AnsibleHosts(runner: runner, defaults: .init(user: "me", os: os)).machines(in: "/farm/hosts.yml", group: group)
    }

    @Test func anInventorysGroupIsThePool() async throws {
        let machines = try await machines(group: "pis", os: "debian12")
        #expect(machines.map(\.id) == ["192.168.1.50:22", "rpi-2:2222"])
        #expect(machines.map(\.user) == ["pi", "me"] && machines.map(\.os) == ["debian12", "debian13"])
        #expect(machines.map(\.roles) == [["k3s_control"], ["worker", "spare"]])
        #expect(machines[0].arch == "arm64")
    }

    @Test func whatAnInventoryLacksIsNamed() async throws {
        await #expect(throws: UsageError.self) { _ = try await machines(group: "rpis", os: "debian12") }
        let error = await #expect(throws: UsageError.self) { _ = try await machines(group: nil, os: nil) }
        #expect(
            error?.diagnostics.map(\.message) == [
                "the host nas of /farm/hosts.yml names no system", "the host rpi-1 of /farm/hosts.yml names no system",
            ])
    }
}
