import MatrixCore
import MatrixFile
import Testing

@Suite("Right matrix files")
struct ValidFileTests {
    private let environment = [
        "HOME": "/home/someone", "PROXMOX_URL": "https://pve.example:8006", "PROXMOX_USER": "root@pam", "PROXMOX_TOKEN_ID": "matrix",
        "PROXMOX_NODE": "pve1",
    ]

    private func complete(_ selection: Selection = Selection(), environment: [String: String]? = nil) throws -> Plan {
        let drivers = TestKinds.drivers.map { driver in
            guard driver.kind == "proxmox" else { return driver }
            let names = [
                "transport", "endpoint", "token", "ssh", "node", "vmids", "storage", "bridge", "tls", "clone", "address", "addresses",
                "templates",
                "template_build",
            ]
            return Declaration(kind: "proxmox", subject: .any, keys: names.map { KeyShape($0, .any, "Anything") }, summary: "", example: "")
        }
        let loader = Fixtures.loader(
            environment ?? self.environment, deployers: TestKinds.deployers + TestKinds.later, drivers: drivers + TestKinds.free)
        return try loader.load("\(Fixtures.folder)/valid-complete.yml", selection: selection)
    }

    @Test("The complete example makes ten cells")
    func completeExample() throws {
        let plan = try complete()
        #expect(
            plan.cells.map(\.name) == [
                "rocky9-proxmox", "rocky9-linode", "rocky9-k3s", "rocky10-proxmox", "rocky10-linode", "rocky10-k3s", "debian12-proxmox",
                "debian12-linode", "debian12-k3s", "debian13-podman",
            ])
        #expect(plan.cells.filter(\.experimental).map(\.name) == ["debian13-podman"])
        let first = try #require(plan.cells.first)
        #expect(first.hosts.map(\.name) == ["rocky9-proxmox-server-1", "rocky9-proxmox-client-1", "rocky9-proxmox-client-2"])
        #expect(first.hosts[0].size == HostSize(cores: 4, memory: 8 << 30, disk: 20 << 30))
        #expect(first.vars["firewall"] == "firewalld")
        #expect(first.inventory.roles["client"]?.value == ["telegraf_outputs": ["server"]])
        #expect(first.inventory.groups["telegraf_svc"]?.value == ["influxdb_level": "warn"])
        #expect(first.provision.domain == "test.lavnet.net")
        #expect(first.provision.packages == ["vim", "git", "curl", "htop", "procps-ng", "lsof"])
        #expect(plan.cells[6].provision.packages == ["vim", "git", "curl", "htop"])
        #expect(plan.cells[2].hosts.map(\.role) == ["control", "worker", "worker"])
        #expect(plan.limits.alive == ["linode": 5, "proxmox": 6])
        #expect(plan.limits.creates == ["proxmox": 3])
        #expect(plan.budget?.hourly == 1)
        #expect(plan.budget?.currency == "USD")
        #expect(plan.secrets["vault_pass"]?.origin == .file("/home/someone/.secrets/vault"))
        #expect(
            plan.secrets["mysql"]?.origin
                == .vault(file: "\(Fixtures.folder)/group_vars/all/vault.yml", key: "mysql_root", password: "vault_pass"))
        #expect(plan.platforms.keys.sorted() == ["k3s", "linode", "pi-farm", "podman", "proxmox"])
        #expect(plan.platforms["proxmox"]?.options["endpoint"]?.text == "https://pve.example:8006")
        #expect(plan.platforms["proxmox"]?.options["token"]?["id"]?.text == "root@pam!matrix")
    }

    @Test("Steps of the complete example run in the right cells, and say why not in others")
    func completeSteps() throws {
        let plan = try complete()
        let k3s = try #require(plan.cells.first { $0.name == "debian12-k3s" })
        #expect(k3s.deploy.map(\.name) == ["telegraf", "site", "seed", "local step", "dashboards", "panel", "siem"])
        #expect(k3s.deploy[2].skipped == "no host here is `server`; there are: control, k3s_control, k3s_worker, worker")
        #expect(k3s.deploy[4].skipped == nil)
        let proxmox = try #require(plan.cells.first { $0.name == "debian12-proxmox" })
        #expect(proxmox.deploy[4].skipped == "only when platform=k3s")
        #expect(proxmox.deploy[5].options["ispconfig"]?["domain"]?.text == "panel.test.lavnet.net")
        #expect(proxmox.deploy[3].options["local"]?.texts == ["./load.sh", "${inventory}"])
        #expect(proxmox.verify.map(\.name) == ["service telegraf", "http http://localhost:8086/health", "ansible main.yml"])
        #expect(proxmox.verify[1].modifiers.within == .seconds(60))
        #expect(proxmox.finally.map(\.name) == ["collect /var/log/telegraf"])
    }

    @Test("Platforms that no selected cell uses need no environment")
    func unusedPlatforms() throws {
        let plan = try complete(Selection(cells: ["*-podman"]), environment: ["HOME": "/home/someone"])
        #expect(plan.cells.map(\.name) == ["debian13-podman"])
        #expect(plan.platforms.keys.sorted() == ["podman"])
        #expect(plan.notSelected.count == 9)
        #expect(throws: UsageError.self) { try complete(environment: ["HOME": "/home/someone"]) }
    }

    @Test("Every valid fixture loads", arguments: Fixtures.names("valid-").filter { $0 != "valid-complete.yml" })
    func loads(_ name: String) throws {
        let plan = try Fixtures.loader(["HOME": "/home/someone"]).load("\(Fixtures.folder)/\(name)")
        #expect(!plan.cells.isEmpty)
        #expect(plan.warnings.isEmpty)
        #expect(plan.name == name.replacing(".yml", with: ""))
    }
}
