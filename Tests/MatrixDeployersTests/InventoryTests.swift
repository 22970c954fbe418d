import MatrixCore
import Testing

@testable import MatrixDeployers

/// Inventories in all forms, read back by the tools that they are for.
struct InventoryTests {
    private func cells() throws -> ([CellInventory], Sandbox) {
        let box = try Sandbox()
        let context = box.context(roles: ["server", "client"])
        let vars: [String: Value] = ["telegraf_state": "present", "retention": 14, "not-a-name": "left out"]
        return ([CellInventory(context.cell, hosts: context.hosts, run: context.run, vars: vars)], box)
    }

    @Test func groupsHoldEveryHostByRoleSystemAndPlatform() throws {
        let (cells, _) = try cells()
        let groups = Dictionary(cells[0].groups.map { ($0.name, $0.hosts) }) { $1 }
        let all = ["debian12-podman-server-1", "debian12-podman-client-1"]
        for name in ["debian12", "debian", "podman", "debian12_podman", "test_platforms"] { #expect(groups[name] == all) }
        #expect(groups["server"] == [all[0]] && groups["grouped_client"] == [all[1]])
        #expect(CellInventory.groupName("9-pi.farm") == "_9_pi_farm")
    }

    @Test(.needsAnsible)
    func ansibleReadsYamlAndIniAsTheDynamicForm() async throws {
        let (cells, box) = try cells()
        let expected = try #require(Value(json: AnsibleInventory.json(cells)))
        let yaml = try box.write(AnsibleInventory.yaml(cells), to: "inventory.yml")
        let ini = try box.write(AnsibleInventory.ini(cells), to: "inventory.ini")
        let script = try box.write("#!/bin/sh\ncat <<'END'\n\(AnsibleInventory.json(cells))\nEND\n", to: "inventory.sh")
        try await box.runner.require(Command(["chmod", "+x", script]), "chmod")
        for file in [yaml, ini, script] {
            let result = try await box.runner.require(Command(["ansible-inventory", "-i", file, "--list"]), "read \(file)")
            let read = try #require(Value(json: result.output))
            for host in ["debian12-podman-server-1", "debian12-podman-client-1"] {
                let got = try #require(read.element(at: "_meta.hostvars.\(host)"))
                let want = try #require(expected.element(at: "_meta.hostvars.\(host)"))
                for key in ["ansible_host", "ansible_port", "ansible_ssh_common_args", "ansible_ssh_private_key_file", "solti_cell", "solti_host"] {
                    #expect(got[key] == want[key], "\(file) \(key)")
                }
                #expect(got["telegraf_state"] == "present" && got["retention"] == 14, "the matrix's vars reach \(host) by \(file)")
                #expect(got["not-a-name"] == nil)
            }
            #expect(read.element(at: "test_platforms.hosts") == expected.element(at: "test_platforms.hosts"))
        }
    }

    @Test func sshReadsItsConfiguration() async throws {
        let (cells, box) = try cells()
        let file = try box.write(AnsibleInventory.sshConfig(cells), to: "config")
        let result = try await box.runner.require(Command(["ssh", "-G", "-F", file, "debian12-podman-client-1"]), "read it")
        let lines = Set(result.output.split(separator: "\n").map(String.init))
        for line in [
            "hostname 127.0.0.1", "port 1", "user root", "identityfile \(box.path)/id", "hostkeyalias debian12-podman-client-1-k3f9",
            "stricthostkeychecking true", "userknownhostsfile \(box.path)/known hosts",
        ] { #expect(lines.contains(line), "\(line)\n\(result.output)") }
    }

    @Test func theWriterNamesItsFile() throws {
        let box = try Sandbox()
        let context = box.context()
        let path = try AnsibleInventory().write(context.cell, hosts: context.hosts, run: context.run, to: "\(box.path)/made")
        #expect(path == "\(box.path)/made/inventory.yml" && FileSystem.text(of: path)?.hasPrefix("all:\n  hosts:\n    debian12-podman:\n") ?? false)
    }
}
