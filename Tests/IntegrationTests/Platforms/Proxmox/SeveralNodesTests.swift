import IntegrationSupport
import MatrixCore
import MatrixTesting
import Testing

@testable import MatrixPlatforms
@testable import MatrixPlatformsTests

/// A cluster of several nodes: machines beside their template, or anywhere on shared storage.
@Suite(.requires(.fakepve)) struct SeveralNodesTests {
    private static let nodes: [String: Value] = ["node": ["pve1", "pve2"]]
    private static let tags = "cloudinit;debian-12;debian-template"

    private func cluster(shared: Bool = false, template: [String: Value]? = nil) async throws -> FakeProxmox {
        let store: Value = ["type": "nfs", "path": "/mnt/pve/shared", "content": "images", "shared": 1]
        let onShared: [String: Value] = ["virtio0": "shared:base-8000-disk-0,size=8G", "scsi1": "shared:vm-8000-cloudinit,media=cdrom"]
        let guest = FakeProxmox.template(8000, "debian12-template", Self.tags, extra: template ?? (shared ? onShared : [:]))
        return try await FakeProxmox(guests: [guest], options: ["nodes": ["pve1", "pve2"], "storages": ["shared": store]])
    }

    private func run(_ platform: ProxmoxPlatform, _ names: [String]) async throws -> [Resource] {
        var made: [Resource] = []
        for name in names {
            let cell = Fixtures.cell(hosts: [HostPlan(name: name)])
            let wanted = try #require(platform.resources(for: cell, run: Fixtures.run, expires: nil).first?.first)
            let resource = try await platform.create(wanted, for: cell)
            _ = try await platform.ready(resource, for: cell) { _ in }
            made.append(resource)
        }
        return made
    }

    @Test func onSharedStorageMachinesAreSpreadOverTheNodes() async throws {
        let fake = try await cluster(shared: true)
        let claims = MemoryClaims()
        let platform = try fake.platform(Self.nodes.merging(["storage": .null]) { $1 }, claims: claims)
        #expect(await platform.preflight([Fixtures.cell()]) == [])
        let made = try await run(platform, ["a", "b", "c", "d"])
        #expect(Set(made.compactMap { $0.details["node"] }) == ["pve1", "pve2"])
        let nodes = try await fake.machines().filter { $0["template"] != true }.compactMap { $0["node"]?.text }
        #expect(nodes.count { $0 == "pve1" } == 2 && nodes.count { $0 == "pve2" } == 2)
        #expect(try await platform.remaining(of: Fixtures.run).count == 4)
        for machine in made { try await platform.destroy(machine) }
        #expect(try await fake.machines() == [])
        #expect(await claims.claims == [:])
    }

    @Test func onALocalDiskTheyStayBesideTheirTemplateAndPreflightSaysSo() async throws {
        let fake = try await cluster()
        let platform = try fake.platform(Self.nodes)
        let problems = await platform.preflight([Fixtures.cell()])
        #expect(problems.map(\.severity) == [.warning])
        #expect(
            problems.first?.message.contains("node pve2 gets no machines of debian12") == true
                && problems.first?.next?.contains("--node pve2") == true, "\(problems)")
        let made = try await run(platform, ["a", "b"])
        #expect(made.map { $0.details["node"] } == ["pve1", "pve1"])
        for machine in made { try await platform.destroy(machine) }
        #expect(try await fake.machines() == [])
    }

    @Test func aTemplateOnAnotherNodeThanTheTargetIsRefused() async throws {
        let fake = try await cluster()
        let problems = await (try fake.platform(["node": "pve2"])).preflight([Fixtures.cell()])
        #expect(problems.map(\.severity) == [.unavailable] && problems.first?.message == "there is no template of debian12", "\(problems)")
    }

    /// What is on the other nodes still comes and goes.
    @Test func aNodeThatIsDownIsLeftOutAndSaid() async throws {
        let fake = try await cluster()
        try await fake.scenario("node_offline", ["node": "pve2"])
        let claims = MemoryClaims()
        let platform = try fake.platform(Self.nodes, claims: claims)
        let problems = await platform.preflight([Fixtures.cell()])
        #expect(problems.map(\.message) == ["node pve2 is offline"] && problems.map(\.severity) == [.warning])
        let made = try await run(platform, ["a"])
        #expect(try await platform.remaining(of: Fixtures.run).count == 1)
        for machine in made { try await platform.destroy(machine) }
        #expect(try await fake.machines() == [])
    }

    /// It moved while it ran: it is found on its new node.
    @Test func aMachineThatWasMovedIsFoundAndRemoved() async throws {
        let fake = try await cluster(shared: true)
        let platform = try fake.platform(Self.nodes.merging(["storage": .null]) { $1 })
        let made = try await run(platform, ["a"])
        let elsewhere: Value = made[0].details["node"] == "pve1" ? "pve2" : "pve1"
        try await fake.setMachine(["vmid": .int(Int(made[0].id) ?? 0), "node": elsewhere])
        try await platform.destroy(made[0])
        #expect(try await fake.machines() == [])
    }

    @Test func aHookscriptThatOnlyRootMayRemoveIsSaid() async throws {
        let fake = try await cluster(template: ["hookscript": "local:snippets/hook.pl"])
        let platform = try fake.platform()
        let problems = await platform.preflight([Fixtures.cell()])
        #expect(problems.map(\.severity) == [.warning] && problems.first?.message.contains("local:snippets/hook.pl") == true)
        let made = try await run(platform, ["a"])
        try await platform.destroy(made[0])
        let root = try fake.platform(MachineLifeTests.ssh)
        let clean = try await run(root, ["b"])
        #expect(try await fake.machines().first?["config"]?["hookscript"] == nil)
        try await root.destroy(clean[0])
    }

    @Test func aTokenWithoutTheTemplatesBridgeAndStorageIsToldBeforehand() async throws {
        let fake = try await cluster(shared: true)
        let machines: Value = [
            "VM.Allocate", "VM.Audit", "VM.Clone", "VM.Config.CDROM", "VM.Config.CPU", "VM.Config.Cloudinit", "VM.Config.Disk",
            "VM.Config.HWType", "VM.Config.Memory",
            "VM.Config.Network", "VM.Config.Options", "VM.PowerMgmt", "VM.GuestAgent.Audit",
        ]
        try await fake.scenario(
            "acl",
            [
                "user": "ci@pve!matrix",
                "grants": [
                    "/vms": machines, "/storage/local-lvm": ["Datastore.AllocateSpace", "Datastore.Audit"],
                    "/sdn/zones/localnetwork/vmbr0": ["SDN.Use"],
                ],
            ])
        let text = await (try fake.platform()).preflight([Fixtures.cell()]).map(\.message).joined(separator: "\n")
        #expect(text.contains("lacks SDN.Use on /sdn/zones/localnetwork/vmbr1"), "\(text)")
        #expect(text.contains("lacks Datastore.AllocateSpace, Datastore.Audit on /storage/shared"), "\(text)")
        #expect(!text.contains("vmbr0") && !text.contains("local-lvm"))
    }
}
