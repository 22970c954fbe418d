import IntegrationSupport
import MatrixCore
import MatrixRemote
import MatrixTesting
import Testing

@testable import MatrixPlatforms

/// Inventories as people have them, read by the Ansible of this machine.
@Suite(.requires(.ansible)) struct AnsibleHostsTests {
    private func machines(_ files: [String: String], group: String? = nil) async throws -> [PoolMachine] {
        let folder = try TemporaryFolder()
        for (name, text) in files { try folder.put(name, text) }
        let hosts = AnsibleHosts(runner: LocalTransport(), defaults: .init(user: "me", os: "debian12"))
        return try await hosts.machines(in: "\(folder.path)/inventory", group: group)
    }

    private static let lab = """
        all:
          vars:
            domain: "{{ lookup('env', 'MATRIX_TEST_NO_SUCH_TLD') | default('localhost', true) }}"
            ansible_user: lavender
          children:
            mylab:
              hosts:
                monitor11: { ansible_host: "monitor11.{{ domain }}" }
                pi-2: {}
                pi-3: { ansible_ssh_common_args: "-o ProxyJump={{ bastion }}" }
              children:
                metric_collectors: { hosts: { monitor11: {} } }
        """

    @Test("addresses that are made of other variables, group_vars and host_vars, old spellings")
    func templates() async throws {
        let machines = try await machines(
            [
                "inventory/hosts.yml": Self.lab, "inventory/group_vars/mylab.yml": "bastion: gate.{{ domain }}\nansible_port: 2222\n",
                "inventory/host_vars/pi-2.yml": "ansible_ssh_host: 192.0.2.7\nansible_ssh_user: pi\n",
            ], group: "mylab")
        let byName = Dictionary(machines.map { ($0.name, $0) }) { $1 }
        #expect(byName["monitor11"]?.id == "monitor11.localhost:2222" && byName["monitor11"]?.user == "lavender")
        #expect(byName["monitor11"]?.roles == ["metric_collectors"])
        #expect(byName["pi-2"]?.id == "192.0.2.7:2222" && byName["pi-2"]?.user == "pi")
        #expect(byName["pi-3"]?.options == ["ProxyJump=gate.localhost"])
    }

    @Test("a variable that is not set is an error that names it, not a host that cannot be reached")
    func undefined() async throws {
        let error = await #expect(throws: UsageError.self) { _ = try await machines(["inventory/hosts.yml": Self.lab]) }
        let message = try #require(error?.diagnostics.first?.message)
        #expect(message.contains("pi-3") && message.contains("ansible_ssh_common_args") && message.contains("bastion"), "\(message)")
        #expect(error?.diagnostics.count == 1)
    }

    @Test("a file that Ansible cannot read is an error, alone and beside others", arguments: ["inventory/broken.yml", "inventory"])
    func brokenFiles(inventory: String) async throws {
        let folder = try TemporaryFolder()
        try folder.put("inventory/fine.ini", "[pis]\npi-1\n")
        try folder.put("inventory/broken.yml", "all:\n  hosts:\n    pi-2: [\n")
        let hosts = AnsibleHosts(runner: LocalTransport(), defaults: .init(user: "me", os: "debian12"))
        let error = await #expect(throws: InfrastructureError.self) {
            _ = try await hosts.machines(in: "\(folder.path)/\(inventory)", group: nil)
        }
        #expect(error?.why.contains("broken.yml") == true, "\(String(describing: error))")
    }
}
