import MatrixCore
import Testing

@testable import MatrixPlatforms

@Suite struct NetworkCardTests {
    private func fresh(_ options: [String: Value], over config: Value) throws -> MachineChanges {
        let base: [String: Value] = ["endpoint": "https://pve1:8006", "token": ["id": "a@pve!b", "secret": ["env": "X"]], "node": "pve1"]
        let settings = try SettingsReader.read(Fixtures.document(.map(base.merging(options) { $1 })))
        let machine = Resource(platform: "proxmox", kind: "vm", name: "a-\(Fixtures.run)", run: Fixtures.run, cell: "a")
        return MachineChanges(machine, size: HostSize(), address: nil, key: "k", settings: settings, over: MachineConfig(config))
    }

    private static let template: Value = [
        "net0": "virtio=BC:24:11:00:00:01,bridge=vmbr0,mtu=1,tag=7", "ipconfig1": "ip=10.0.0.9/24",
        "cicustom": "user=local:snippets/gone.yml",
    ]

    @Test func theFirstCardKeepsWhatTheSettingsDoNotName() throws {
        #expect(try fresh([:], over: Self.template).set["net0"] == nil)
        #expect(
            try fresh(["bridge": "vmbr1"], over: Self.template).set["net0"] == "virtio=BC:24:11:00:00:01,bridge=vmbr1,mtu=1,tag=7")
        #expect(
            try fresh(["bridge": "vmbr1", "vlan": 30, "firewall": true], over: Self.template).set["net0"]
                == "virtio=BC:24:11:00:00:01,bridge=vmbr1,tag=30,firewall=1,mtu=1")
        #expect(try fresh(["firewall": false], over: Self.template).set["net0"]?.text.contains("firewall=0") == true)
    }

    @Test func furtherCardsAreNew() throws {
        let cards: Value = [
            ["bridge": "vmbr1", "vlan": 40, "firewall": true], ["bridge": "vmbr2", "model": "e1000", "mtu": 9000, "address": "none"],
        ]
        let changes = try fresh(["networks": cards], over: Self.template)
        #expect(changes.set["net1"] == "virtio,bridge=vmbr1,tag=40,firewall=1" && changes.set["ipconfig1"] == "ip=dhcp")
        // Only virtio cards have an MTU.
        #expect(changes.set["net2"] == "e1000,bridge=vmbr2" && changes.set["ipconfig2"] == nil)
        #expect(!changes.delete.contains("ipconfig1"))
    }

    @Test func whatTheServerDidNotApplyIsSeen() throws {
        let changes = try fresh(["networks": [["bridge": "vmbr1", "vlan": 40]]], over: Self.template)
        func missed(_ card: String?) -> Bool {
            var config: [String: Value] = [:]
            if let card { config["net1"] = .string(card) }
            return changes.missed(in: MachineConfig(.map(config))).contains("net1")
        }
        #expect(missed(nil) && missed("virtio=BC:24:11:00:00:02,bridge=vmbr1") && missed("virtio=BC:24:11:00:00:02,bridge=vmbr1,tag=4"))
        #expect(!missed("virtio=BC:24:11:00:00:02,bridge=vmbr1,firewall=0,tag=40"))
    }

    @Test func theTokenNeedsThePrivilegeForEachTag() throws {
        let options: [String: Value] = [
            "endpoint": "https://pve1:8006", "token": ["id": "a@pve!b", "secret": ["env": "X"]], "node": "pve1", "bridge": "vmbr0",
            "vlan": 30,
            "networks": [["bridge": "vmbr1"]],
        ]
        let settings = try SettingsReader.read(Fixtures.document(.map(options)))
        let paths = NeededPrivileges(version: 9, settings: settings, templates: [8000: MachineConfig(Self.template)]).all
            .filter { $0.privileges == ["SDN.Use"] }.flatMap(\.paths)
        // The template's own card first: cloning asks for it.
        let zone = "/sdn/zones/localnetwork"
        #expect(paths == ["\(zone)/vmbr0/30", "\(zone)/vmbr0/7", "\(zone)/vmbr1"])
    }

    @Test func ourVendorDataStaysAndNothingElse() throws {
        #expect(try fresh([:], over: Self.template).delete.contains("cicustom"))
        #expect(try !fresh([:], over: ["cicustom": "vendor=local:snippets/matrix-guest-agent.yml"]).delete.contains("cicustom"))
        for other in ["user=local:snippets/a.yml,vendor=local:snippets/matrix-guest-agent.yml", "vendor=local:snippets/other.yml"] {
            #expect(try fresh([:], over: ["cicustom": .string(other)]).delete.contains("cicustom"), "\(other)")
        }
    }
}
