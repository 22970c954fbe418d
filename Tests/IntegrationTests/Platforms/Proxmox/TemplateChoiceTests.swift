import IntegrationSupport
import MatrixCore
import MatrixTesting
import Testing

@testable import MatrixPlatforms
@testable import MatrixPlatformsTests

/// Which of several templates a run clones: SOLTI's at 9000-9999 beside those of `matrix`.
@Suite(.requires(.fakepve)) struct TemplateChoiceTests {
    private static let tags = "debian-template;debian-12;cloudinit"

    private static func template(_ vmid: Int, made seconds: Int?) -> Value {
        let meta = seconds.map { ["meta": .string("creation-qemu=9.2.0,ctime=\($0)")] as [String: Value] } ?? [:]
        return FakeProxmox.template(vmid, "debian12-template", tags, extra: meta)
    }

    private func listed(_ fake: FakeProxmox, _ changes: [String: Value] = [:]) async throws -> [ProxmoxTemplate] {
        let context = Fixtures.context(secrets: ["token.secret": FakeProxmox.tokenSecret], state: fake.folder)
        let settings = try SettingsReader.read(fake.settings(changes).options)
        let templates = ProxmoxTemplates(
            settings: settings, connection: try ProxmoxDriver.connection(settings, in: context, pace: Fixtures.pace), context: context)
        return try await templates.list([Fixtures.debian12])
    }

    @Test func theNewestByDateIsClonedAndListAndPlanSayWhy() async throws {
        let fake = try await FakeProxmox(guests: [Self.template(9000, made: 1_769_162_400), Self.template(8000, made: 1_772_000_000)])
        let (platform, cell) = (try fake.platform(), Fixtures.cell())
        #expect(try await platform.templates.placement(for: Fixtures.debian12).template.vmid == 8000)
        let reason = "the newest of 2: 8000 is of 2026-02-25 06:13 UTC, 9000 is of 2026-01-23 10:00 UTC"
        #expect(
            await platform.origins(of: [cell])
                == [HostOrigin(cells: ["debian12-proxmox"], source: "template debian12-template (8000 on pve1)", reason: reason)])
        let templates = try await listed(fake)
        #expect(templates.map(\.vmid) == [8000, 9000] && templates.map(\.isCloned) == [true, false])
        #expect(templates.map(\.reason) == [reason, "8000 is newer"])
    }

    @Test func aPinnedTemplateIsClonedHoweverOldItIs() async throws {
        let fake = try await FakeProxmox(guests: [Self.template(9000, made: nil), Self.template(8000, made: 1_772_000_000)])
        let platform = try fake.platform(["templates": "9000"])
        #expect(await platform.origins(of: [Fixtures.cell()]).map(\.reason) == ["templates: 9000 selects it"])
        let templates = try await listed(fake, ["templates": "9000"])
        #expect(templates.map(\.isCloned) == [false, true] && templates[0].reason == "templates: 9000 selects another")
    }

    @Test func eachNodeHasItsNewest() async throws {
        let other = FakeProxmox.template(8001, "debian12-template", Self.tags, node: "pve2")
        let fake = try await FakeProxmox(
            guests: [Self.template(8000, made: 1_772_000_000), Self.template(9000, made: 1_769_162_400), other],
            options: ["nodes": ["pve1", "pve2"]])
        let templates = try await listed(fake, ["node": ["pve1", "pve2"]])
        #expect(templates.map(\.vmid) == [8000, 9000, 8001] && templates.map(\.isCloned) == [true, false, true])
        #expect(templates[2].reason == "the only one on pve2")
    }

    /// VLAN tag, firewall and a second card reach the server, with the hardware addresses that it makes.
    @Test func theCardsOfTheSettingsAreThoseOfTheMachine() async throws {
        let fake = try await FakeProxmox()
        let platform = try fake.platform([
            "vlan": 30, "firewall": true, "networks": [["bridge": "vmbr1", "vlan": 40], ["bridge": "vmbr1", "address": "none"]],
        ])
        let cell = Fixtures.cell(Fixtures.rocky9)
        #expect(await platform.preflight([cell]).map(\.message) == [])
        let wanted = try #require(platform.resources(for: cell, run: Fixtures.run, expires: nil).first?.first)
        let made = try await platform.create(wanted, for: cell)
        let config = try #require(try await fake.machines().first?["config"])
        for part in ["bridge=vmbr0", "tag=30", "firewall=1"] { #expect(config["net0"]?.text.contains(part) == true, "\(part)") }
        #expect(config["net1"]?.text.contains("bridge=vmbr1") == true && config["net1"]?.text.contains("tag=40") == true)
        #expect(config["ipconfig1"] == "ip=dhcp" && config["net2"] != nil && config["ipconfig2"] == nil)
        try await platform.destroy(made)
    }

    @Test func aBridgeOfASecondCardMustBeThere() async throws {
        let fake = try await FakeProxmox()
        let problems = await (try fake.platform(["networks": [["bridge": "vmbr7"]]])).preflight([Fixtures.cell()])
        #expect(problems.contains { $0.severity == .error && $0.message == "node pve1 has no bridge vmbr7" }, "\(problems)")
    }
}
