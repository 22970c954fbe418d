import IntegrationSupport
import MatrixCore
import MatrixRemote
import Testing

@testable import MatrixDeployers
@testable import MatrixDeployersTests

/// Inventories in all forms, read by the tools that they are for.
@Suite(.requires(.ssh)) struct InventoryReaderTests {
    @Test(.requires(.ansible)) func ansibleReadsYamlAndIniAsTheDynamicForm() async throws {
        let box = try Sandbox(runner: LocalTransport())
        let cells = InventoryTests.cells(in: box)
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
                for key in [
                    "ansible_host", "ansible_port", "ansible_ssh_common_args", "ansible_ssh_private_key_file", "solti_cell", "solti_host",
                    "endpoint",
                ] {
                    #expect(got[key] == want[key], "\(file) \(key)")
                }
                #expect(got["telegraf_state"] == "present" && got["retention"] == 14, "the matrix's vars reach \(host) by \(file)")
                #expect(got["not-a-name"] == nil)
                #expect(got["quiet"]?.text == "true" && got["level"] == (host.contains("client") ? "warn" : nil), "groups' vars by \(file)")
            }
            #expect(read.element(at: "test_platforms.hosts") == expected.element(at: "test_platforms.hosts"))
        }
    }

    @Test func sshReadsItsConfiguration() async throws {
        let box = try Sandbox(runner: LocalTransport())
        let cells = InventoryTests.cells(in: box)
        let file = try box.write(AnsibleInventory.sshConfig(cells), to: "config")
        let result = try await box.runner.require(Command(["ssh", "-G", "-F", file, "debian12-podman-client-1"]), "read it")
        let lines = Set(result.output.split(separator: "\n").map(String.init))
        for line in [
            "hostname 127.0.0.1", "port 1", "user root", "identityfile \(box.path)/id", "hostkeyalias debian12-podman-client-1-k3f9",
            "stricthostkeychecking true", "userknownhostsfile \(box.path)/known hosts",
        ] { #expect(lines.contains(line), "\(line)\n\(result.output)") }
    }
}
