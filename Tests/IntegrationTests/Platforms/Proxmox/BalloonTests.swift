import Foundation
import IntegrationSupport
import MatrixCore
import MatrixTesting
import Testing

@testable import MatrixPlatforms
@testable import MatrixPlatformsTests

/// A node that is short of memory shrinks a guest to its balloon. None of our machines has one, even if its template does.
@Suite(.requires(.fakepve)) struct BalloonTests {
    /// Everything that starts a machine of ours: a run, `matrix start` and `template verify --boot`, with SOLTI's templates and ours.
    @Test(arguments: [[:], MachineLifeTests.ssh]) func noMachineIsEverStartedWithOne(_ changes: [String: Value]) async throws {
        let fake = try await FakeProxmox(guests: [FakeProxmox.template(7002, "rocky9-template", "cloudinit;rocky-template;rocky9")])
        let platform = try fake.platform(changes)
        for size in [HostSize(), HostSize(memory: 2 << 30)] {
            let cell = Fixtures.cell(Fixtures.rocky9, hosts: [HostPlan(name: "rocky9-proxmox", size: size)])
            let wanted = try #require(platform.resources(for: cell, run: Fixtures.run, expires: nil).first?.first)
            let made = try await platform.create(wanted, for: cell)
            _ = try await platform.ready(made, for: cell) { _ in }
            try await platform.power(made, on: false)
            // As a version left it that took what the template had.
            try await fake.setMachine(["vmid": .int(try #require(Int(made.id))), "config": ["balloon": 1]])
            try await platform.power(made, on: true)
            try await platform.destroy(made)
        }
        let templates = try templates(on: fake, changes)
        _ = try await templates.verify(Fixtures.rocky9, boot: true) { _ in }
        let debian = try checksums(of: Fixtures.debian12, in: fake.folder)
        guard case .built = try await templates.build(debian, options: TemplateBuildOptions(boot: true), progress: { _ in }) else {
            return #expect(Bool(false))
        }
        let starts = try await fake.starts()
        #expect(starts.count == 6)
        for start in starts { #expect(start["balloon"]?.text == "0", "\(start)") }
    }

    @Test(arguments: [(nil, "0"), (1024, "1024")] as [(Int?, String)]) func aTemplateOfOursHasTheBalloonOfItsSettings(
        _ balloon: Int?, _ built: String
    ) async throws {
        let fake = try await FakeProxmox(guests: [])
        let templates = try templates(on: fake, balloon.map { ["template_build": ["balloon": .int($0)]] } ?? [:])
        _ = try await templates.build(try checksums(of: Fixtures.debian12, in: fake.folder), progress: { _ in })
        guard case .list(let machines) = try await fake.state()["machines"] else { return #expect(Bool(false)) }
        #expect(machines.first?["config"]?["balloon"]?.text == built)
    }

    /// What the fake does as qemu-server does it; without that the tests above would prove nothing.
    @Test func theFakeTakesTheMemoryOfAMachineWithABalloonAtOnce() async throws {
        let fake = try await FakeProxmox(options: ["agent_secs": 0])
        let client = try fake.platform().connection.client
        for (vmid, balloon) in [(500, 1), (501, 0)] {
            let card: Value = "virtio=BC:24:11:00:00:09,bridge=vmbr0"
            try await fake.scenario(
                "add",
                [
                    "vmid": .int(vmid), "vmname": "a-users-own",
                    "config": ["memory": 2048, "balloon": .int(balloon), "agent": "1", "net0": card],
                ])
            try await client.change(ProxmoxRequest(.create, ["nodes", "pve1", "qemu", "\(vmid)", "status", "start"]))
        }
        let starved = try await client.get(["nodes", "pve1", "qemu", "500", "status", "current"])
        let whole = try await client.get(["nodes", "pve1", "qemu", "501", "status", "current"])
        #expect(starved["balloon"]?.text == "\(1 << 20)" && whole["balloon"]?.text == "\(2048 << 20)")
        let silence = await #expect(throws: ProxmoxFault.self) {
            try await client.get(["nodes", "pve1", "qemu", "500", "agent", "network-get-interfaces"])
        }
        #expect(silence?.isAgentSilent == true)
        _ = try await client.get(["nodes", "pve1", "qemu", "501", "agent", "network-get-interfaces"])
    }

    private func templates(on fake: FakeProxmox, _ changes: [String: Value]) throws -> ProxmoxTemplates {
        let context = Fixtures.context(
            secrets: ["token.secret": FakeProxmox.tokenSecret], state: fake.folder, connector: FixedConnector(NodeTransport(fake)),
            claims: MemoryClaims())
        let read = try SettingsReader.read(fake.settings(changes).options)
        return ProxmoxTemplates(
            settings: read, connection: try ProxmoxDriver.connection(read, in: context, pace: Fixtures.pace), context: context)
    }

    private func checksums(of os: OperatingSystem, in folder: String) throws -> OperatingSystem {
        var os = os
        os.checksumURL = "file://\(folder)/sums"
        let file = os.imageURL?.split(separator: "/").last ?? ""
        try "\(String(repeating: "ab", count: 32))  \(file)\n".write(toFile: "\(folder)/sums", atomically: true, encoding: .utf8)
        return os
    }
}
