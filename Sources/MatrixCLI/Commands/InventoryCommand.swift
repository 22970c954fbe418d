import ArgumentParser
import MatrixCore
import MatrixDeployers

/// `matrix inventory CELL…`.
struct InventoryCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "inventory", abstract: "Print the hosts of cells that are up for Ansible or for ssh, or a cluster's kubeconfig.",
        discussion: "json is what an Ansible dynamic inventory prints for --list."
    ).showing([
        "for ansible -i": "matrix inventory debian12-podman",
        "for ssh -F": "matrix inventory debian12-podman --format ssh-config",
    ])

    @Argument(help: "The cells.", completion: Complete.keptCells)
    var cells: [String]

    @Option(help: "yaml, ini, json, ssh-config, or kubeconfig of a cell that is a cluster.")
    var format: InventoryFormat = .yaml

    @OptionGroup var state: StateOptions

    func run() async throws {
        let folder = try StateFolder(state.folder())
        if format == .kubeconfig {
            guard cells.count == 1 else { throw UsageError("--format kubeconfig needs exactly one cell", hint: "name one cell") }
            return Terminal.output(try await KeptCell.find(cells[0], in: folder).kubeconfig(in: folder))
        }
        var inventories: [CellInventory] = []
        for name in cells { inventories.append(try await inventory(of: name, in: folder)) }
        Terminal.output(rendered(inventories))
    }

    private func inventory(of name: String, in folder: StateFolder) async throws -> CellInventory {
        let kept = try await KeptCell.find(name, in: folder)
        let plan = try await kept.plan(in: folder).cell
        let members = kept.hosts.compactMap { host in
            plan.hosts.first { $0.name == host.resource.host }.map { CellInventory.Member(plan: $0, endpoint: host.endpoint) }
        }
        return CellInventory(plan, members: members, run: kept.run)
    }

    private func rendered(_ inventories: [CellInventory]) -> String {
        switch format {
        case .yaml, .kubeconfig: AnsibleInventory.yaml(inventories)
        case .ini: AnsibleInventory.ini(inventories)
        case .json: AnsibleInventory.json(inventories)
        case .sshConfig: AnsibleInventory.sshConfig(inventories)
        }
    }
}

/// The forms of an inventory.
enum InventoryFormat: String, ExpressibleByArgument, CaseIterable {
    case yaml
    case ini
    case json
    case sshConfig = "ssh-config"
    case kubeconfig
}
