import MatrixFile
import MatrixTesting
import Testing

@testable import MatrixCLI
@testable import MatrixCore

/// The matrices that solti-monitoring's people run, read without any account.
struct ShippedMatrixTests {
    private static let collection = ["SOLTI_MONITORING": Repository.path("fixtures/collections/solti-monitoring")]

    private func plan(_ file: String, _ selection: Selection = Selection(), _ environment: [String: String] = [:]) throws -> Plan {
        let path = Repository.path("matrices/\(file)")
        return try MatrixSource.loader(for: path, environment: Self.collection.merging(environment) { $1 }).load(path, selection: selection)
    }

    @Test func `Without an account full.yml has its Podman cells, and names what would add the others`() throws {
        let plan = try plan("full.yml")
        #expect(plan.cells.count == 18 && plan.platforms.keys.sorted() == ["podman"])
        #expect(plan.absent.keys.sorted() == ["k3s", "linode", "proxmox"])
        #expect(plan.absent["linode"]?.variables == ["LINODE_TOKEN"])
        let proxmox = Set(try #require(plan.absent["proxmox"]).variables)
        #expect(proxmox == ["PROXMOX_URL", "PROXMOX_USER", "PROXMOX_TOKEN_ID", "PROXMOX_TOKEN_SECRET", "PROXMOX_NODE"])
        #expect(!plan.cells.contains { $0.os.name == "ubuntu2404" && ["proxmox", "k3s"].contains($0.platform) })
        let podman = plan.cells.filter { $0.platform == "podman" }
        #expect(podman.count == 5 && podman.allSatisfy { $0.hosts.allSatisfy { $0.size == HostSize() } })
    }

    @Test func `Virtual machines are there if they are asked for`() throws {
        let plan = try plan("full.yml", Selection(conditions: ["platform=qemu"]))
        #expect(plan.cells.map(\.os.name) == ["rocky9", "rocky10", "debian12", "debian13", "ubuntu2404"])
        #expect(plan.platforms.keys.sorted() == ["qemu"] && plan.absent.isEmpty)
        #expect(try self.plan("vm.yml").cells.count == 5)
    }

    @Test func `With one account only the other platforms are left out`() throws {
        #expect(try plan("full.yml", Selection(), ["LINODE_TOKEN": "token"]).absent.keys.sorted() == ["k3s", "proxmox"])
    }

    @Test func `What would mislead the playbooks is set for them`() throws {
        let cell = try #require(try plan("full.yml", Selection(cells: ["debian12-podman"])).cells.first)
        for step in cell.deploy + cell.verify where step.kind == "ansible" {
            let ansible = step.options["ansible"]
            #expect(ansible?["env"]?["MOLECULE_PLATFORM_NAME"]?.text == "all", "\(step.name)")
            #expect(ansible?["extra_vars"]?["on_github"]?.bool == false, "\(step.name)")
        }
    }

    @Test(arguments: ["loki", "alloy", "influxdb", "influxdb3"])
    func `A role's tag selects its deploy and its check`(_ role: String) throws {
        let selection = Selection(cells: ["debian12-podman"], tags: [role])
        let cell = try #require(try plan("suites/solti-monitoring-roles.yml", selection).cells.first)
        #expect(cell.deploy.filter { $0.skipped == nil }.map(\.name) == [role])
        #expect(cell.verify.filter { $0.skipped == nil }.count == 1)
    }

    @Test func `One role is chosen by a variable, and by another is removed`() throws {
        let selection = Selection(settings: ["vars.role=influxdb3", "vars.state=absent"])
        let plan = try plan("suites/one-role.yml", selection, ["SUITE_OS": "rocky9"])
        let cell = try #require(plan.cells.first)
        #expect(plan.cells.count == 1 && cell.name == "rocky9-podman" && cell.hosts.first?.groups == ["influxdb3_svc"])
        #expect(cell.deploy.first?.options["ansible"]?["role"]?.text == "jackaltx.solti_monitoring.influxdb3")
        #expect(cell.vars["influxdb3_state"] == "absent" && cell.vars["role"] == "influxdb3")
    }

    @Test(arguments: ["proxmox.yml", "linode.yml"]) func `A machine gets its account`(_ file: String) throws {
        let account = ["PROXMOX_URL": "https://pve", "PROXMOX_USER": "a@pve", "PROXMOX_TOKEN_ID": "t", "PROXMOX_NODE": "pve"]
        let cells = try plan(file, Selection(), account).cells
        #expect(cells.map(\.os.name) == ["rocky9", "rocky10", "debian12", "debian13"])
        #expect(cells.allSatisfy { $0.provision.user == "lavender" && $0.provision.packages.contains("git") })
    }
}
