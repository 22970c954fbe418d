import IntegrationSupport
import MatrixCore
import MatrixTesting
import Testing

@testable import MatrixPlatforms
@testable import MatrixPlatformsTests

/// The whole life of machines against fakepve over TLS, by REST and by `pvesh`.
@Suite(.requires(.fakepve)) struct MachineLifeTests {
    static let ssh: [String: Value] = ["transport": "ssh", "ssh": ["host": "pve1"], "token": .null]
    /// Without a pool of addresses, so that a machine's agent is asked.
    static let noPool: [String: Value] = ["addresses": .null]

    private func resource(_ platform: ProxmoxPlatform, _ cell: CellPlan, _ run: RunID = Fixtures.run) throws -> Resource {
        try #require(platform.resources(for: cell, run: run, expires: Timestamp("2026-11-23T09:01:22Z")).first?.first)
    }

    @Test(arguments: [[:], MachineLifeTests.ssh])
    func aMachineIsClonedConfiguredFoundAndGone(_ changes: [String: Value]) async throws {
        let fake = try await FakeProxmox()
        let claims = MemoryClaims()
        let platform = try fake.platform(changes.merging(Self.noPool) { $1 }, claims: claims)
        let size = HostSize(cores: 2, memory: 2 << 30, disk: 20 << 30)
        let cell = Fixtures.cell(Fixtures.rocky9, hosts: [HostPlan(name: "rocky9-proxmox", size: size)])
        #expect(await platform.preflight([cell]) == [])
        let made = try await platform.create(try resource(platform, cell), for: cell)
        #expect(made.id.hasPrefix("20"))
        let endpoint = try await platform.ready(made, for: cell) { _ in }
        #expect(endpoint.address == "192.0.2.\((Int(made.id) ?? 0) % 250)")
        #expect(endpoint.alias == "rocky9-proxmox-261123-050122-k3f9" && endpoint.user == "root")
        let machine = try #require(try await fake.machines().first)
        let config = try #require(machine["config"])
        #expect(config["name"] == "rocky9-proxmox-261123-050122-k3f9")
        #expect(config["tags"] == "solti-matrix;solti-matrix-expires-20261123t090122z;solti-matrix-run-261123-050122-k3f9")
        #expect(
            config["sshkeys"] == .string("ssh-ed25519%20AAAAC3NzaC1lZDI1NTE5AAAAIE%2B%2Fk3y%3D%3D%20solti-matrix-run-261123-050122-k3f9"))
        #expect(config["memory"]?.text == "2048" && config["balloon"]?.text == "0" && config["cores"]?.text == "2")
        #expect(config["virtio0"]?.text.contains("size=20G") == true)
        #expect(config["net0"]?.text.contains("bridge=vmbr0") == true && config["net0"]?.text.contains("00:00:01") == false)
        #expect(config["protection"]?.text == "0" && config["onboot"]?.text == "0" && config["ipconfig0"] == "ip=dhcp")
        for gone in ["cicustom", "nameserver", "ipconfig1"] { #expect(config[gone] == nil, "\(gone)") }
        #expect(platform.facts(made)["template"] == "rocky9-template (7002)")
        #expect(try await platform.remaining(of: Fixtures.run).map(\.name) == [made.name])
        #expect(try await platform.owned().first?.expires == Timestamp("2026-11-23T09:01:22Z"))
        try await platform.power(made, on: false)
        #expect(try await fake.machines().first?["status"] == "stopped")
        try await platform.power(made, on: true)
        try await platform.destroy(made)
        try await platform.destroy(made)
        try await expectNothing(fake, claims)
    }

    private func expectNothing(_ fake: FakeProxmox, _ claims: MemoryClaims? = nil) async throws {
        #expect(try await fake.machines() == [])
        #expect(try await fake.volumes() == [])
        #expect(try await fake.runningTasks() == 0)
        if let claims { #expect(await claims.claims == [:]) }
    }

    @Test func threeCellsOfTwoRunsAtOnceNeverShareAnID() async throws {
        let fake = try await FakeProxmox()
        let claims = MemoryClaims()
        let cells = ["a", "b", "c"].map { Fixtures.cell(hosts: [HostPlan(name: $0)]) }
        let runs = [Fixtures.run, RunID("261123-050122-zzzz")]
        let ids = try await withThrowingTaskGroup(of: String.self) { group in
            for run in runs {
                let platform = try fake.platform(["vmids": "20000-20007"], claims: claims)
                for cell in cells {
                    let wanted = try resource(platform, cell, run)
                    group.addTask { try await platform.create(wanted, for: cell).id }
                }
            }
            return try await group.reduce(into: []) { $0.append($1) }
        }
        #expect(Set(ids).count == 6)
        let platform = try fake.platform(claims: claims)
        let first = try await platform.remaining(of: runs[0])
        #expect(first.count == 3)
        for machine in first { try await platform.destroy(machine) }
        #expect(try await platform.remaining(of: runs[0]) == [])
        #expect(try await platform.remaining(of: runs[1]).count == 3)
        for machine in try await platform.owned() { try await platform.destroy(machine) }
        try await expectNothing(fake, claims)
    }

    @Test func aPoolGivesEveryMachineItsAddressBeforeItStarts() async throws {
        let fake = try await FakeProxmox()
        let claims = MemoryClaims()
        let platform = try fake.platform(
            [
                "addresses": ["range": "192.168.101.90-192.168.101.91/24", "gateway": "192.168.101.254"], "nameserver": "1.1.1.1",
                "pool": "ci", "clone": "full",
            ], claims: claims)
        let cells = ["a", "b"].map { Fixtures.cell(hosts: [HostPlan(name: $0)]) }
        var addresses: [String] = []
        for cell in cells {
            let made = try await platform.create(try resource(platform, cell), for: cell)
            addresses.append(try await platform.ready(made, for: cell) { _ in }.address)
        }
        #expect(addresses == ["192.168.101.90", "192.168.101.91"])
        #expect(
            try await fake.machines().map { $0["config"]?["ipconfig0"]?.text } == [
                "ip=192.168.101.90/24,gw=192.168.101.254", "ip=192.168.101.91/24,gw=192.168.101.254",
            ])
        #expect(try await fake.machines().allSatisfy { $0["pool"] == "ci" })
        let third = Fixtures.cell(hosts: [HostPlan(name: "c")])
        let error = await #expect(throws: InfrastructureError.self) { try await platform.create(try resource(platform, third), for: third) }
        #expect(error?.why.contains("all 2 addresses") == true)
        for machine in try await platform.remaining(of: Fixtures.run) { try await platform.destroy(machine) }
        try await expectNothing(fake, claims)
    }

    @Test func hostKeysComeThroughTheAgent() async throws {
        let host: Value = [
            "address": "127.0.10.1",
            "files": [
                "/etc/ssh/ssh_host_ed25519_key.pub": "ssh-ed25519 AAAAhostkey root@clone\n",
                "/var/lib/cloud/instance/sem/config_ssh": "1: 2\n",
            ],
        ]
        let fake = try await FakeProxmox(options: ["hosts": .list([host])])
        let platform = try fake.platform(Self.noPool)
        let cell = Fixtures.cell(Fixtures.rocky9)
        let made = try await platform.create(try resource(platform, cell), for: cell)
        let endpoint = try await platform.ready(made, for: cell) { _ in }
        #expect(endpoint.address == "127.0.10.1" && endpoint.hostKeys == ["ssh-ed25519 AAAAhostkey"])
        try await platform.destroy(made)
    }

    @Test func whatIsNotOursIsNeverTouched() async throws {
        let fake = try await FakeProxmox()
        let platform = try fake.platform()
        try await fake.scenario(
            "add",
            [
                "vmid": 20005, "vmname": "somebody", "config": ["name": "somebody", "virtio0": "local-lvm:vm-20005-disk-0,size=8G"],
                "status": "running",
            ])
        try await platform.destroy(
            Resource(platform: "proxmox", kind: "vm", name: "debian12-proxmox-\(Fixtures.run)", id: "20005", run: Fixtures.run, cell: "c"))
        #expect(try await fake.machines().first?["status"] == "running")
        #expect(try await platform.owned() == [])
        try await platform.destroy(Resource(platform: "proxmox", kind: "vm", name: "x", id: "8000", run: Fixtures.run, cell: "c"))
        #expect(try await fake.requests("DELETE", "").isEmpty)
    }

    /// The server refuses the start, after the clone.
    @Test func aMachineLargerThanItsNodeIsFoundBeforeItIsCloned() async throws {
        let fake = try await FakeProxmox()
        var cell = Fixtures.cell()
        for index in cell.hosts.indices { cell.hosts[index].size = HostSize(cores: 8, memory: 64 << 30) }
        let messages = await (try fake.platform()).preflight([cell]).map(\.message)
        #expect(messages.contains("a machine has 8 cores, but node pve1 has 4"), "\(messages)")
        #expect(messages.contains("a machine has 64.0 GiB of memory, but node pve1 has 8.0 GiB"), "\(messages)")
    }

    @Test func preflightNamesEverythingAtOnce() async throws {
        let fake = try await FakeProxmox(options: ["bridges": ["vmbr7"]])
        try await fake.scenario(
            "acl",
            [
                "user": "ci@pve!matrix",
                "grants": ["/vms": ["VM.Audit", "VM.Clone", "VM.Allocate"], "/storage": ["Datastore.Audit"], "/sdn": ["SDN.Use"]],
            ])
        try await fake.scenario("full", ["storage": "local-lvm", "avail": 1000])
        let problems = await (try fake.platform(["node": ["pve1", "pve9"]].merging(Self.noPool) { $1 })).preflight([
            Fixtures.cell(),
            Fixtures.cell(
                OperatingSystem(
                    name: "rocky10", family: "rhel", packageManager: .dnf, release: .init(id: "rocky", version: "10"),
                    templateName: "rocky10-template", templateTags: ["rocky10"])),
        ])
        let text = problems.map { "\($0.message) -> \($0.next ?? "")" }.joined(separator: "\n")
        #expect(text.contains("there is no node pve9"))
        #expect(text.contains("there is no template of rocky10 -> matrix template build --os rocky10"))
        #expect(text.contains("storage local-lvm on pve1 is full"))
        #expect(text.contains("node pve1 has no bridge vmbr0"))
        #expect(text.contains("VM.Config.Cloudinit") && text.contains("VM.PowerMgmt") && text.contains("VM.GuestAgent.Audit on /vms/20000"))
        #expect(text.contains("lacks Datastore.AllocateSpace on /storage/local-lvm"))
        #expect(!text.contains("VM.Clone"))
        #expect(problems.first { $0.message.contains("rocky10") }?.severity == .unavailable)
        #expect(!text.contains("Sys.AccessNetwork"))
        let building = await (try fake.platform(["templates": "auto", "template_build": ["import_storage": "local"]])).preflight([
            Fixtures.cell(Fixtures.rocky10)
        ])
        #expect(building.contains { $0.severity == .warning && $0.message.contains("it is built first") })
        #expect(building.contains { $0.message.contains("Sys.AccessNetwork on /nodes/pve1") })
        #expect(building.contains { $0.message.contains("Datastore.AllocateTemplate on /storage/local") })
    }

    @Test func aWrongSecretIsOneProblemWithoutTheSecret() async throws {
        let fake = try await FakeProxmox()
        let context = Fixtures.context(secrets: ["token.secret": "not-the-secret"], connector: FixedConnector(NodeTransport(fake)))
        let problems = await (try ProxmoxDriver.platform(fake.settings(), in: context, pace: Fixtures.pace)).preflight([Fixtures.cell()])
        #expect(problems.count == 1)
        #expect(problems.first?.message.contains("401") == true && problems.first?.message.contains("not-the-secret") == false)
    }

    @Test func passwordLoginWorksToo() async throws {
        let fake = try await FakeProxmox()
        let platform = try fake.platform(["token": .null, "login": ["user": "root@pam", "password": ["env": "X"]]])
        #expect(await platform.preflight([Fixtures.cell()]) == [])
        try await fake.scenario("revoke_tickets")
        #expect(await platform.preflight([Fixtures.cell()]) == [])
    }

    @Test func theSOLTIScriptsFirstTemplatesAreUsed() async throws {
        let old = [
            FakeProxmox.template(7000, "rocky9-template", ""), FakeProxmox.template(9001, "debian-12-template", ""),
            FakeProxmox.template(8500, "debian12-template", "other"),
        ]
        let fake = try await FakeProxmox(guests: old)
        let platform = try fake.platform()
        #expect(try await platform.templates.placement(for: Fixtures.rocky9).template.vmid == 7000)
        #expect(try await platform.templates.placement(for: Fixtures.debian12).template.vmid == 9001)
    }
}
