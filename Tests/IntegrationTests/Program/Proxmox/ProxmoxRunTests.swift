import Foundation
import IntegrationSupport
import MatrixCore
import MatrixTesting
import Testing

/// `matrix template` and `matrix run matrices/proxmox.yml` against the fake, with real SSH hosts behind its machines.
@Suite(.requires(.programs, .podman, .fakepve, .sshd, .qemuImages, .root)) struct ProxmoxRunTests {
    private static let cells = guests.map { "\($0)-proxmox" }
    private static let guests = ["rocky9", "rocky10", "debian12", "debian13"]

    /// The server's configuration for containers of these systems on a separate network; Rocky is the labelled stand-in.
    private func containers(_ systems: [String], on network: String) async throws -> Value {
        var images: [String: Value] = [:]
        for system in systems { images["\(system)-template"] = .string(try await GuestImages.shared.image(of: system).name) }
        return ["images": .map(images), "network": .string(network)]
    }

    /// All cells passed, and each was asked whether it is the system that it should be.
    private func expectGreen(_ ending: MatrixProcess.Ending, _ result: RunResult, _ names: [String] = cells) {
        #expect(ending.status == 0, "\(ending.errors)\n\(ending.output)")
        #expect(result.cells.map(\.name) == names && result.leaks.isEmpty)
        for cell in result.cells {
            #expect(cell.outcome == .passed)
            #expect(cell.cases.contains { $0.name.hasPrefix("operating system is ") && $0.outcome == .passed }, "\(cell.cases.map(\.name))")
        }
    }

    /// With the privileges that the guide names, and no more.
    @Test func overTheAPI() async throws {
        let bench = try await ProxmoxBench(options: ["containers": try await containers(Self.guests, on: "127.0.71")])
        try bench.openNode(.api)
        try await bench.fake.scenario("acl", ["user": "ci@pve!matrix", "grants": try DocumentedPrivileges.grants()])
        let settings = "api/platforms/proxmox.yml"
        let first = try await bench.run("template", "build", "--all", "--platform", settings)
        #expect(first.status == 0, "\(first.errors)")
        #expect(first.output.split(separator: "\n").count { $0.contains(": built ") } == 4, "\(first.output)")
        let (began, before) = (ContinuousClock.now, try await bench.fake.requests().count)
        let second = try await bench.run("template", "build", "--all", "--platform", settings)
        let asked = try await bench.fake.requests().dropFirst(before)
        print("template build --all with nothing to do: \((ContinuousClock.now - began).inSeconds) s, \(asked.count) requests")
        #expect(!asked.isEmpty && asked.allSatisfy { $0["method"] == "GET" }, "it looks only: \(asked)")
        #expect(second.status == 0 && second.output.split(separator: "\n").count { $0.contains("nothing to do") } == 4, "\(second.output)")
        let verified = try await bench.run("template", "verify", "--boot", "--os", "debian12", "--platform", settings)
        #expect(verified.status == 0 && verified.output.contains("is good"), "\(verified.errors)")
        #expect(!bench.project.exists(".matrix/runs") || bench.project.files().allSatisfy { !$0.path.contains(".matrix/runs/") })
        let ending = try await bench.run("run", "api/proxmox.yml", "--format", "plain", "--reports", "reports")
        let result = try Report(bench.project).result
        expectGreen(ending, result)
        // At once: each began before any ended.
        let creates = result.cells.flatMap(\.phases).filter { $0.phase == .create }
        #expect(try #require(creates.map(\.started).max()) < #require(creates.map(\.finished).min()))
        #expect(Set(result.cells.flatMap(\.hosts).map(\.address)).count == 4)
        try await bench.expectNothing()
        let pruned = try await bench.run("template", "destroy", "--all", "--platform", settings)
        #expect(pruned.status == 0 && pruned.output.split(separator: "\n").count == 4, "\(pruned.errors)")
        let images = try await bench.run("template", "prune", "--images", "--all", "--platform", settings)
        #expect(images.status == 0, "\(images.errors)")
        #expect(images.output.split(separator: "\n").count { $0.hasPrefix("removed image local:import/matrix-") } == 4, "\(images.output)")
        #expect(try await bench.fake.state()["volumes"] == [])
    }

    /// A server before 8.4, no template there, and two runs of one state folder at once: each template is built once, by `qm importdisk`,
    /// and whoever needs it waits for it.
    @Test func overSSHWithMissingTemplatesAndTwoRunsAtOnce() async throws {
        let bench = try await ProxmoxBench(version: "8.2.4", options: ["containers": try await containers(Self.guests, on: "127.0.72")])
        let whole = try bench.start("run", "ssh/proxmox.yml", "--format", "plain", "--reports", "whole")
        let one = try bench.start("run", "ssh/proxmox.yml", "--cell", "debian12-proxmox", "--format", "plain", "--reports", "one")
        let (endOfWhole, endOfOne) = (try await whole.ending(), try await one.ending())
        let first = try Report(bench.project, in: "whole").result
        let second = try Report(bench.project, in: "one").result
        expectGreen(endOfWhole, first)
        expectGreen(endOfOne, second, ["debian12-proxmox"])
        let hosts = (first.cells + second.cells).flatMap(\.hosts)
        #expect(Set(hosts.map(\.resource)).count == 5 && Set(hosts.map(\.address)).count == 5)
        let logs = try bench.project.files().filter { $0.path.contains("proxmox/logs/") }.map {
            try String(contentsOf: $0, encoding: .utf8)
        }.joined()
        #expect(logs.components(separatedBy: "importing the disk of VM").count == 5, "\(logs)")
        let state = try await bench.fake.state()
        guard case .list(let tasks) = state["tasks"], case .list(let machines) = state["machines"] else {
            return #expect(Bool(false), "\(state)")
        }
        #expect(tasks.count { $0.json.contains("\"qmtemplate\"") } == 4)
        #expect(machines.compactMap { $0["name"]?.text }.sorted() == Self.guests.map { "\($0)-template" }.sorted())
        try await bench.expectNothing()
    }

    /// What most have: a Debian template with its agent switched on and none in the guest, and settings with nothing else
    /// that tells an address.
    ///
    /// Its hosts are found by nobody, which is said before, and soon after the patience ends, with the cause and the ways out
    /// in every report.
    @Test func aDebianWithoutAnAgentIsToldBeforeSoonAndEverywhere() async throws {
        let bench = try await ProxmoxBench(templates: FakeProxmox.allTemplates)
        try bench.change("address: auto\n", to: "address: auto\n    agent_patience: 2s\n", in: .api)
        let warning = "proxmox: the addresses of debian12 machines may stay unknown: only the guest agent can report them"
        let plan = try await bench.run("plan", "api/proxmox.yml", "--where", "os=rocky*", "--where", "os=debian12")
        #expect(
            plan.status == 0 && plan.errors.contains("warning: \(warning)") && plan.errors.contains("addresses: { range: "),
            "\(plan.errors)")
        #expect(!plan.errors.contains("rocky"))
        let json = try await bench.run("plan", "api/proxmox.yml", "--where", "os=debian12", "--format", "json")
        guard case .list(let warnings)? = Value(json: json.output)?["warnings"] else { return #expect(Bool(false), "\(json.output)") }
        #expect(
            warnings.count == 1 && warnings[0]["message"]?.text.hasPrefix(warning) == true
                && warnings[0]["next"]?.text.contains("ssh: {") == true)
        let doctor = try await bench.run("doctor", "api/proxmox.yml")
        #expect(doctor.output.contains("the addresses of debian12 machines may stay unknown"), "\(doctor.output)")
        let ending = try await bench.run(
            "run", "api/proxmox.yml", "--cell", "debian12-proxmox", "--format", "plain", "--reports", "reports")
        #expect(ending.status == 3, "\(ending.errors)")
        let report = try Report(bench.project)
        try report.validateJUnit()
        let create = try #require(report.result.cells[0].cases.first { $0.phase == .create })
        #expect(create.outcome == .error && create.type == "matrix.proxmox.agent" && create.attempts.isEmpty, "\(create)")
        for document in ["junit.xml", "index.html", "summary.md", "results.json"] {
            let text = try String(contentsOf: report.folder.appendingPathComponent(document), encoding: .utf8)
            for words in ["the guest has no qemu-guest-agent", "addresses: { range: ", "ssh: { host: pve1"] {
                #expect(text.contains(words), "\(words) in \(document)")
            }
        }
        #expect(try await bench.fake.requests("POST", "/clone").count == 1)
        try await bench.expectNothing()
    }

    /// Two nodes, and a template of the first on shared storage, of which the machines go to the second.
    ///
    /// Two state folders know nothing of each other: the server keeps their ids apart, and what they read there their addresses.
    /// Somebody else's machine stands in the middle of their range.
    @Test func twoStateFoldersAndSomebodyElse() async throws {
        let onShared: [String: Value] = ["virtio0": "shared:base-8000-disk-0,size=8G", "scsi1": "shared:vm-8000-cloudinit,media=cdrom"]
        let template = FakeProxmox.template(8000, "debian12-template", "cloudinit;debian-12;debian-template", extra: onShared)
        let cluster: [String: Value] = [
            "nodes": ["pve1", "pve2"],
            "storages": ["shared": ["type": "nfs", "path": "/mnt/pve/shared", "content": "images", "shared": 1]],
            "containers": try await containers(["debian12"], on: "127.0.73"),
        ]
        let bench = try await ProxmoxBench(templates: [template], options: cluster)
        try bench.change("20000-20999", to: "20000-20003", in: .api)
        try bench.change("${env.PROXMOX_ADDRESSES:-}", to: "127.0.73.10-127.0.73.13/24", in: .api)
        try bench.change("${env.PROXMOX_GATEWAY:-}", to: "127.0.73.1", in: .api)
        try bench.change("node: ${env.PROXMOX_NODE}", to: "node: [pve1, pve2]", in: .api)
        try await bench.fake.scenario(
            "add",
            [
                "vmid": 20001, "vmname": "somebody", "config": ["name": "somebody", "virtio0": "local-lvm:vm-20001-disk-0,size=8G"],
                "status": "running",
            ])
        let runs = try ["a", "b"].map { name in
            try bench.start(
                "run", "api/proxmox.yml", "--where", "os=debian12", "--format", "plain", "--reports", name, "--state", ".state-\(name)")
        }
        var hosts: [HostResult] = []
        for (run, name) in zip(runs, ["a", "b"]) {
            let ending = try await run.ending()
            let result = try Report(bench.project, in: name).result
            expectGreen(ending, result, ["debian12-proxmox"])
            hosts += result.cells.flatMap(\.hosts)
        }
        #expect(Set(hosts.map(\.resource)).count == 2 && !hosts.map(\.resource).contains("20001"))
        #expect(hosts.allSatisfy { $0.facts["node"] == "pve2" && $0.facts["template"] == "debian12-template (8000)" }, "\(hosts)")
        #expect(Set(hosts.map(\.address)).count == 2 && hosts.allSatisfy { $0.address.hasPrefix("127.0.73.1") })
        try await bench.expectNothing(but: ["somebody"])
        #expect(try await bench.fake.machines().first?["status"] == "running")
    }
}
