import MatrixCore
import Testing

@testable import MatrixDeployers

/// Inventories, and the groups in them.
struct InventoryTests {
    static func cells(in box: Sandbox) -> [CellInventory] {
        let context = box.context(roles: ["server", "client"])
        let vars: [String: Value] = ["telegraf_state": "present", "retention": 14, "not-a-name": "left out"]
        return [CellInventory(context.cell, hosts: context.hosts, run: context.run, vars: vars)]
    }

    @Test func groupsHoldEveryHostByRoleSystemAndPlatform() throws {
        let cells = Self.cells(in: try Sandbox())
        let groups = Dictionary(cells[0].groups.map { ($0.name, $0.hosts) }) { $1 }
        let all = ["debian12-podman-server-1", "debian12-podman-client-1"]
        for name in ["debian12", "debian", "podman", "debian12_podman", "test_platforms"] { #expect(groups[name] == all) }
        #expect(groups["server"] == [all[0]] && groups["grouped_client"] == [all[1]])
        #expect(CellInventory.groupName("9-pi.farm") == "_9_pi_farm")
    }

    @Test func theWriterNamesItsFile() throws {
        let box = try Sandbox()
        let context = box.context()
        let path = try AnsibleInventory().write(context.cell, hosts: context.hosts, run: context.run, to: "\(box.path)/made")
        #expect(
            path == "\(box.path)/made/inventory.yml"
                && FileSystem.text(of: path)?.hasPrefix("all:\n  hosts:\n    debian12-podman:\n") ?? false)
    }
}
