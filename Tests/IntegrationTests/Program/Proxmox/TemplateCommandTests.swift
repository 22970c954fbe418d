import Foundation
import IntegrationSupport
import MatrixCore
import MatrixTesting
import Testing

/// `matrix template` and `matrix plan` on a node that has SOLTI's templates of 2026 at 9000-9003.
@Suite(.requires(.programs, .fakepve, .sshd, .qemuImages)) struct TemplateCommandTests {
    /// As `roles/proxmox_template` of solti-platforms makes them: agent 1 in the configuration, and none in the guest.
    private static let theirs: [Value] = [
        ("debian12", "debian-template;debian-12;cloudinit"), ("rocky9", "rocky-template;rocky9;cloudinit"),
        ("rocky10", "rocky-template;rocky10;cloudinit"), ("debian13", "debian-template;debian-13;cloudinit"),
    ].enumerated().map { index, system in
        let notes = "Template: \(system.0)-template\nDistribution: \(system.0)\nBuilt: 2026-01-23 10:11:12 EST\n"
        return FakeProxmox.template(
            9000 + index, "\(system.0)-template", system.1,
            extra: ["meta": "creation-qemu=9.2.0,ctime=1769162400", "description": .string(notes), "protection": 0])
    }

    @Test func theirTemplatesAreSeenUntilOursIsNewer() async throws {
        let bench = try await ProxmoxBench(templates: Self.theirs)
        let settings = "api/platforms/proxmox.yml"
        let plan = try await bench.run("plan", "api/proxmox.yml")
        #expect(
            plan.status == 0 && plan.output.contains("debian12-proxmox: from template debian12-template (9000 on pve1), the only one"),
            "\(plan.output)\(plan.errors)")
        let build = try await bench.run(
            "template", "build", "--os", "debian12", "--platform", settings, "--set", "template_build.memory=2048")
        #expect(build.status == 0 && build.output.contains("debian12: built debian12-template (8000 on pve1)"), "\(build.errors)")
        guard case .list(let machines) = try await bench.fake.state()["machines"] else { return #expect(Bool(false)) }
        #expect(machines.first { $0["vmid"] == 8000 }?["config"]?["memory"]?.text == "2048")
        let list = try await bench.run("template", "list", "--all", "--platform", settings)
        let lines = list.output.split(separator: "\n").map(String.init)
        func line(_ vmid: Int) -> String { lines.first { $0.split(separator: " ").dropFirst().first == "\(vmid)" } ?? "" }
        #expect(line(8000).contains("clones it: the newest of 2: 8000 is of ") && line(8000).contains("matrix"), "\(list.output)")
        #expect(line(9000).contains("does not clone it: 8000 is newer") && line(9000).contains("others"), "\(list.output)")
        #expect(line(9001).contains("clones it: the only one"), "\(list.output)")
        let json = try await bench.run("plan", "api/proxmox.yml", "--format", "json")
        let origins = Value(json: json.output)?["origins"]?.elements ?? []
        let debian = try #require(origins.first { $0["cells"] == ["debian12-proxmox"] })
        #expect(
            debian["platform"] == "proxmox" && debian["source"] == "template debian12-template (8000 on pve1)"
                && debian["reason"]?.text.hasPrefix("the newest of 2: ") == true, "\(json.output)")
    }

    /// What their `find_latest_template.yml` would clone: the highest VMID of 9000-9999.
    @Test func oursAreAmongTheirsIfTheSettingsSaySo() async throws {
        let bench = try await ProxmoxBench(templates: Self.theirs)
        let build = try await bench.run(
            "template", "build", "--os", "rocky9", "--platform", "api/platforms/proxmox.yml", "--set", "template_build.vmids=9000-9999")
        #expect(build.status == 0 && build.output.contains("built rocky9-template (9004 on pve1)"), "\(build.errors)")
    }

    @Test(arguments: [
        ("template_build.memry=2048", "memory"), ("template_build.guest_agent=sometimes", "guest_agent"),
        ("vmids=9000-9099", "overlaps the templates' range 9000-9999"), ("template_build", "sets nothing"),
    ])
    func aWrongSettingIsUsage(_ setting: String, _ words: String) async throws {
        let bench = try await ProxmoxBench()
        let build = try await bench.run(
            "template", "build", "--os", "rocky9", "--platform", "api/platforms/proxmox.yml", "--set", setting)
        #expect(build.status == 2 && build.errors.contains(words), "\(build.errors)")
        #expect(try await bench.fake.requests().isEmpty)
    }
}
