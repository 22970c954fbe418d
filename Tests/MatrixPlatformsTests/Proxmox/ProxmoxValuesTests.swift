import MatrixCore
import MatrixTesting
import Testing

@testable import MatrixPlatforms

@Suite struct ProxmoxValuesTests {
    @Test func aConfigurationIsReadAsItStands() {
        let config = MachineConfig([
            "boot": "order=scsi1;net0;virtio0;scsi0", "scsi1": "local-lvm:vm-100-cloudinit,media=cdrom",
            "virtio0": "local-lvm:vm-100-disk-1,discard=on,size=8G",
            "scsi0": "ceph:vm-100-disk-0,size=512M", "net0": "virtio=BC:24:11:AA:BB:CC,bridge=vmbr0",
            "agent": "enabled=1,fstrim_cloned_disks=1",
            "ipconfig0": "gw=10.0.0.1,ip=10.0.0.5/24", "memory": "current=4096", "efidisk0": "local-lvm:vm-100-disk-0,efitype=4m,size=4M",
        ])
        #expect(config.bootDisk == "virtio0" && config.drives["virtio0"]?.size == 8 << 30)
        #expect(config.storages == ["ceph", "local-lvm"] && config.hasCloudInitDrive)
        #expect(
            config.hardwareAddress == "bc:24:11:aa:bb:cc" && config.hasAgent && config.staticAddress == "10.0.0.5" && config.memory == 4096)
        #expect(MachineConfig(["bootdisk": "scsi0", "scsi0": "a:b,size=1G"]).bootDisk == "scsi0")
        #expect(MachineConfig(["meta": "creation-qemu=9.2.0,ctime=1769162400"]).created == Timestamp("2026-01-23T10:00:00Z"))
        #expect(MachineConfig(["meta": "creation-qemu=9.2.0"]).created == nil && config.created == nil)
        #expect(!MachineConfig(["agent": "0"]).hasAgent && !MachineConfig(["agent": "fstrim_cloned_disks=1"]).hasAgent)
    }

    @Test func addressesOfTheRightCardOnly() {
        func card(_ name: String, _ hardware: String, _ addresses: [(String, String)]) -> Value {
            [
                "name": .string(name), "hardware-address": .string(hardware),
                "ip-addresses": .list(addresses.map { ["ip-address-type": .string($0.0), "ip-address": .string($0.1)] }),
            ]
        }
        let answer: Value = [
            "result": .list([
                card("lo", "00:00:00:00:00:00", [("ipv4", "127.0.0.1")]), card("docker0", "02:42:00:00:00:01", [("ipv4", "172.17.0.1")]),
                card(
                    "eth0", "BC:24:11:AA:BB:CC",
                    [("ipv6", "fe80::1"), ("ipv6", "2001:db8::5"), ("ipv4", "169.254.1.1"), ("ipv4", "10.0.0.5")]),
            ])
        ]
        #expect(AddressFinder.address(in: answer, of: "bc:24:11:aa:bb:cc") == "10.0.0.5")
        let six: Value = [
            "result": .list([card("eth0", "bc:24:11:aa:bb:cc", [("ipv6", "fe80::1"), ("ipv6", "febf::1"), ("ipv6", "2001:db8::5")])])
        ]
        #expect(AddressFinder.address(in: six, of: "bc:24:11:aa:bb:cc") == "2001:db8::5")
        #expect(
            AddressFinder.address(
                in: ["result": .list([card("eth0", "bc:24:11:aa:bb:cc", [("ipv4", "169.254.1.1")])])], of: "bc:24:11:aa:bb:cc") == nil)
    }

    @Test func neighboursAndLeases() {
        let output = """
            1732340000 bc:24:11:aa:bb:01 192.168.1.50 host *
            fe80::1 dev vmbr0 lladdr bc:24:11:aa:bb:cc STALE
            192.168.1.60 dev vmbr0 lladdr bc:24:11:aa:bb:cc FAILED
            192.168.1.61 dev vmbr0 lladdr bc:24:11:aa:bb:cc STALE
            192.168.1.62 dev vmbr0 lladdr bc:24:11:aa:bb:cc REACHABLE
            """
        #expect(NeighbourTable.address(of: "bc:24:11:aa:bb:cc", in: output) == "192.168.1.62")
        #expect(NeighbourTable.address(of: "bc:24:11:aa:bb:01", in: output) == "192.168.1.50")
        #expect(NeighbourTable.address(of: "bc:24:11:aa:bb:02", in: output) == nil)
    }

    @Test func poolsOfAddresses() {
        let pool = AddressPool("192.168.101.90-192.168.101.99/24", gateway: "192.168.101.254")
        #expect(pool?.all.count == 10 && pool?.all.first == "192.168.101.90" && pool?.all.last == "192.168.101.99" && pool?.prefix == 24)
        #expect(AddressPool("192.168.101.90-98/24")?.all == AddressPool("192.168.101.90-192.168.101.98/24")?.all)
        for wrong in [
            "192.168.101.99-90/24", "192.168.101.90-256/24", "192.168.101.90-/24", "90-98/24", "192.168.101.99-192.168.101.90/24",
            "192.168.101.90-192.168.102.9/24", "192.168.101.90/24", "1.2.3.256-1.2.3.257/24", "a-b/24",
        ] {
            #expect(AddressPool(wrong) == nil, "\(wrong)")
        }
    }

    @Test func checksumsOfBothForms() {
        let digits = String(repeating: "0a", count: 32)
        let long = String(repeating: "0b", count: 64)
        #expect(
            ImageChecksum(of: "a.qcow2", in: "SHA256 (b.qcow2) = \(long)\nSHA256 (a.qcow2) = \(digits)\n")?.description
                == "sha256:\(digits)")
        #expect(ImageChecksum(of: "a.qcow2", in: "\(digits)  aa.qcow2\n\(long) *a.qcow2\n")?.description == "sha512:\(long)")
        #expect(ImageChecksum(of: "a.qcow2", in: "xyz  a.qcow2\n") == nil)
    }

    @Test func settingsAreJudgedAllAtOnce() throws {
        let document = Fixtures.document([
            "driver": "proxmox", "endpoint": "ftp://x", "token": ["id": "root", "secret": ["env": "X"]],
            "login": ["user": "root", "password": ["env": "X"]],
            "node": "pve1", "vmids": "7500-20999", "tls": ["fingerprint": "AA:BB"], "address": "static", "addresses": ["range": "1.2.3.4"],
        ])
        let messages = SettingsReader.examine(document).map(\.message).joined(separator: "\n")
        for part in [
            "'ftp://x' is not the address", "cannot be used together", "overlaps the templates' range", "not a SHA-256 fingerprint",
            "not a range of addresses",
        ] {
            #expect(messages.contains(part), "\(part) in \(messages)")
        }
        for range in ["9000-9099", "9500-20000"] {
            let taken = Fixtures.document([
                "endpoint": "https://pve1:8006", "token": ["id": "a@pve!b", "secret": ["env": "X"]], "node": "pve1",
                "vmids": .string(range),
            ])
            #expect(SettingsReader.examine(taken).map(\.message) == ["\(range) overlaps the templates' range 9000-9999"])
            // Machines of an older run, whose settings are on the ledger, can still be removed.
            #expect(try SettingsReader.read(taken).vmids.lowerBound >= 9000)
        }
        let late = Fixtures.document([
            "driver": "proxmox", "endpoint": "${env.URL}", "token": ["id": "${env.A}!${env.B}", "secret": ["env": "X"]], "node": "pve1",
        ])
        #expect(SettingsReader.examine(late).isEmpty)
    }

    /// `PROXMOX_SSH=lavender@magic`, beside the user that the shipped file sets.
    @Test(
        arguments: [
            ("magic", "magic", "root", false), ("lavender@magic", "magic", "lavender", true), ("root@10.0.0.5", "10.0.0.5", "root", false),
        ])
    func theNodesShellIsNamedAsForSSH(_ text: String, _ host: String, _ user: String, _ sudo: Bool) throws {
        let settings = try SettingsReader.read(
            Fixtures.document([
                "endpoint": "https://pve1:8006", "token": ["id": "a@pve!b", "secret": ["env": "X"]], "node": "pve1",
                "ssh": ["host": .string(text), "user": "root"],
            ]))
        #expect(settings.shell?.host == host && settings.shell?.user == user && settings.shell?.sudo == sudo)
    }

    @Test func aSecretThatIsMissingIsUsage() throws {
        let settings = PlatformSettings(
            name: "p", driver: "proxmox",
            options: Fixtures.document([
                "endpoint": "https://pve:8006", "token": ["id": "a@pve!b", "secret": ["env": "X"]], "node": "pve1",
            ]))
        let error = #expect(throws: UsageError.self) { try ProxmoxDriver.make(settings: settings, in: Fixtures.context(secrets: [:])) }
        #expect("\(error.map { "\($0)" } ?? "")".contains("token.secret"))
    }

    @Test func runsAreKnownByTagNotesAndName() throws {
        let resource = Resource(
            platform: "p", kind: "vm", name: "a-\(Fixtures.run)", run: Fixtures.run, cell: "a", host: "a",
            expires: Timestamp("2026-11-23T09:01:22Z"))
        let machine = try #require(try Machine.read(["vmid": 20001, "name": "a-261123-050122-k3f9", "node": "pve1"]))
        #expect(Ownership.run(of: machine) == nil && Ownership.mayBeOurs(machine.name) && Ownership.isNamed(machine.name, by: Fixtures.run))
        let config: Value = ["description": .string(Ownership.description(resource)), "name": "a-261123-050122-k3f9"]
        #expect(Ownership.run(of: config) == Fixtures.run)
        #expect(Ownership.resource(machine, config, platform: "p", run: Fixtures.run).expires == resource.expires)
        #expect(!Ownership.mayBeOurs("web-2026-prod"))
    }

    @Test(arguments: [["vmid": "../100"], ["vmid": .double(1e300)], [:], ["vmid": 0], ["vmid": 100, "node": "a b"]] as [Value])
    func aMachineThatCannotBeReadIsAnErrorAndNotGone(_ entry: Value) async throws {
        #expect(throws: ProxmoxFault.self) { try Machine.read(entry) }
        let caller = ScriptedCaller()
        caller.answer(.get, "/cluster/resources", .success(.list([entry])))
        let cluster = ProxmoxCluster(client: ProxmoxClient(caller, pace: Fixtures.pace), nodes: ["pve1"])
        await #expect(throws: ProxmoxFault.self) { try await cluster.usedIDs() }
    }

    @Test(arguments: [.null, [:], "x"] as [Value]) func anAnswerThatIsNoListIsNotAnEmptyOne(_ answer: Value) async throws {
        let caller = ScriptedCaller()
        caller.answer(.get, "/nodes/pve1/qemu", .success(answer))
        let cluster = ProxmoxCluster(client: ProxmoxClient(caller, pace: Fixtures.pace), nodes: ["pve1"])
        await #expect(throws: ProxmoxFault.self) { try await cluster.machines() }
    }
}
