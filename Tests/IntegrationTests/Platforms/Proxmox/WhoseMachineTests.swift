import IntegrationSupport
import MatrixCore
import MatrixTesting
import Testing

@testable import MatrixPlatforms
@testable import MatrixPlatformsTests

/// What is not ours stays, even if it looks like ours: nameless, locked, or under an id that we claimed.
@Suite(.requires(.fakepve)) struct WhoseMachineTests {
    private let cell = Fixtures.cell()

    private func resource(_ platform: ProxmoxPlatform, id: String = "") throws -> Resource {
        var resource = try #require(platform.resources(for: cell, run: Fixtures.run, expires: nil).first?.first)
        resource.id = id
        return resource
    }

    private func claimed(_ vmid: Int, _ fake: FakeProxmox, _ claims: MemoryClaims) async throws -> ProxmoxPlatform {
        let platform = try fake.platform(claims: claims, pace: Self.patient)
        let name = "\(platform.settings.cluster)/\(vmid)"
        #expect(try await claims.claim(kind: ProxmoxClaims.vmid, name: name, run: Fixtures.run, until: nil))
        return platform
    }

    private static let patient = {
        var pace = Fixtures.pace
        pace.lockPatience = .seconds(120)
        return pace
    }()

    private let nameless: Value = ["lock": "clone", "description": " qmclone temporary file\n"]

    /// The request was lost before the server saw it, and somebody else's clone took the id and died.
    @Test(arguments: [[:], ["ssh": ["host": "pve1"]], MachineLifeTests.ssh] as [[String: Value]])
    func aNamelessDeadCloneIsNotOursByOurClaimAlone(_ changes: [String: Value]) async throws {
        let fake = try await FakeProxmox()
        let claims = MemoryClaims()
        let platform = try fake.platform(changes, claims: claims)
        #expect(try await claims.claim(kind: ProxmoxClaims.vmid, name: "\(platform.settings.cluster)/20005", run: Fixtures.run, until: nil))
        try await fake.scenario("add", ["vmid": 20005, "vmname": "VM 20005", "config": nameless])
        let left = try await platform.remaining(of: Fixtures.run)
        #expect(left.map(\.id) == ["20005"])
        let error = await #expect(throws: InfrastructureError.self) { try await platform.destroy(try resource(platform, id: "20005")) }
        #expect(error?.isTransient == false && error?.why.contains("qm config 20005") == true)
        #expect(try await fake.requests("DELETE", "").isEmpty)
        #expect(try await fake.machines().first?["lock"] == "clone")
    }

    /// The same while it is still being cloned: it gets its own name, and is then known to be somebody else's.
    @Test func aForeignCloneUnderWayIsWaitedForAndLeftAlone() async throws {
        let fake = try await FakeProxmox(options: ["clone_secs": 300])
        let claims = MemoryClaims()
        let platform = try await claimed(20005, fake, claims)
        let other = ProxmoxRequest(
            .create, ["nodes", "pve1", "qemu", "7002", "clone"], ["newid": 20005, "name": "somebodys-web-server", "full": 0])
        async let clone: String? = platform.connection.client.change(other)
        #expect(try await eventually { try await !fake.machines().isEmpty })
        #expect(try await platform.remaining(of: Fixtures.run).map(\.id) == ["20005"])
        try await platform.destroy(try resource(platform, id: "20005"))
        _ = try await clone
        #expect(try await fake.machines().map { $0["name"] } == ["somebodys-web-server"])
        #expect(try await fake.requests("DELETE", "").isEmpty)
        #expect(try await platform.remaining(of: Fixtures.run) == [])
    }

    /// Somebody may give a machine any name, also one with our run's id.
    @Test(arguments: ["", "20005"]) func aMachineWithOurNameAloneIsNotOurs(_ id: String) async throws {
        let fake = try await FakeProxmox()
        let platform = try fake.platform()
        let ours = try resource(platform, id: id)
        try await fake.scenario("add", ["vmid": 20005, "vmname": .string(ours.name), "config": ["name": .string(ours.name)]])
        try await platform.destroy(ours)
        #expect(try await fake.machines().map { $0["vmid"] } == [20005])
        #expect(try await fake.requests("DELETE", "").isEmpty)
    }

    /// A clone of ours that died after its first disk has our name and notes: nobody need be asked.
    @Test func aCloneThatDiedLateIsRemovedOverSSH() async throws {
        let fake = try await FakeProxmox()
        let claims = MemoryClaims()
        let platform = try fake.platform(MachineLifeTests.ssh, claims: claims)
        try await fake.fault("POST", "/clone$", "killed", ["late": true])
        let made = try await platform.create(try resource(platform), for: cell)
        try await platform.destroy(made)
        #expect(try await fake.machines() == [])
        #expect(await claims.claims == [:])
    }

    /// What the message tells people to do is enough: unlocked by hand, the machine that the server began for us goes with `matrix reap`.
    @Test func afterAnUnlockByHandAnotherProcessRemovesIt() async throws {
        let fake = try await FakeProxmox()
        let claims = MemoryClaims()
        let platform = try fake.platform(claims: claims)
        try await fake.fault("POST", "/clone$", "killed")
        await #expect(throws: InfrastructureError.self) { try await platform.create(try resource(platform), for: cell) }
        let vmid = try #require(try await fake.machines().first?["vmid"])
        try await fake.scenario("unlock", ["vmid": vmid])
        let later = try fake.platform(claims: claims)
        for machine in try await later.remaining(of: Fixtures.run) { try await later.destroy(machine) }
        #expect(try await fake.machines() == [])
        #expect(await claims.claims == [:])
    }

    /// A backup that somebody began holds the machine: it is waited for, and its lock is not broken, by SSH neither.
    @Test func aBackupsLockIsWaitedForAndNeverBroken() async throws {
        let fake = try await FakeProxmox()
        let platform = try fake.platform(MachineLifeTests.ssh)
        let made = try await platform.create(try resource(platform), for: cell)
        try await fake.setMachine(["vmid": .int(Int(made.id) ?? 0), "lock": "backup"])
        var hasty = Fixtures.pace
        hasty.lockPatience = .milliseconds(200)
        let error = await #expect(throws: InfrastructureError.self) {
            try await (try fake.platform(MachineLifeTests.ssh, pace: hasty)).destroy(made)
        }
        #expect(error?.why.contains("VM is still locked (backup)") == true)
        #expect(try await fake.machines().count == 1)
        let before = try await fake.requests().count
        async let destroyed: Void = (try fake.platform(MachineLifeTests.ssh, pace: Self.patient)).destroy(made)
        #expect(try await eventually { try await fake.requests().count >= before + 3 })
        #expect(try await fake.machines().count == 1)
        try await fake.scenario("unlock", ["vmid": .int(Int(made.id) ?? 0)])
        try await destroyed
        #expect(try await fake.machines() == [])
    }

    /// The server removes unreferenced volumes with a machine: an id whose former owner left some is not taken.
    @Test func anIDWithVolumesOfAFormerMachineIsNotTaken() async throws {
        let fake = try await FakeProxmox(options: [
            "storages": [
                "local-lvm": [
                    "type": "lvmthin", "content": "images,rootdir",
                    "volumes": ["vm-20000-disk-7": ["content": "images", "format": "raw", "size": 1024, "vmid": 20000, "ctime": 1]],
                ]
            ]
        ])
        let platform = try fake.platform(["vmids": "20000-20001"])
        let made = try await platform.create(try resource(platform), for: cell)
        #expect(made.id == "20001")
        try await platform.destroy(made)
        #expect(try await fake.volumes() == ["local-lvm:vm-20000-disk-7"])
    }

    /// Two state folders, one server, one pool: neither knows of the other's claims.
    @Test func runsOfDifferentStateFoldersNeverShareAnAddressOrID() async throws {
        let fake = try await FakeProxmox()
        let pool: [String: Value] = ["addresses": ["range": "192.168.101.90-192.168.101.97/24"], "vmids": "20000-20009"]
        let runs = [Fixtures.run, RunID("261123-050122-zzzz")]
        let made = try await withThrowingTaskGroup(of: Resource.self) { group in
            for run in runs {
                let platform = try fake.platform(pool, claims: MemoryClaims())
                for host in ["a", "b", "c"] {
                    let cell = Fixtures.cell(hosts: [HostPlan(name: host)])
                    let wanted = try #require(platform.resources(for: cell, run: run, expires: nil).first?.first)
                    group.addTask { try await platform.create(wanted, for: cell) }
                }
            }
            return try await group.reduce(into: []) { $0.append($1) }
        }
        #expect(Set(made.map(\.id)).count == 6)
        #expect(Set(try await fake.machines().compactMap { $0["config"]?["ipconfig0"]?.text }).count == 6)
        let platform = try fake.platform(pool, claims: MemoryClaims())
        for machine in try await platform.remaining(of: runs[0]) { try await platform.destroy(machine) }
        #expect(try await platform.remaining(of: runs[1]).count == 3)
        for machine in try await platform.owned() { try await platform.destroy(machine) }
        #expect(try await fake.volumes() == [])
    }
}
