import Foundation
import MatrixCore
import MatrixTesting

/// Existing hosts, for the `static` driver: they exist before a run and after it.
struct LabFarm {
    /// An Ansible inventory that names them.
    let inventory: String

    /// Makes the hosts, and waits until all accept logins.
    ///
    /// - Parameters:
    ///   - counts: the number of hosts by system; none for a missing system.
    ///   - folder: for their key and inventory.
    static func make(_ counts: [String: Int], on bridge: PodmanBridge, images: LabImages, folder: String) async throws -> LabFarm {
        let key = "\(folder)/farm"
        let (status, _, errors) = try await ServerProcess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-C", "solti-lab", "-f", key])
        guard status == 0 else { throw InfrastructureError("making the farm's key", why: errors, isTransient: false) }
        let login = try String(contentsOfFile: "\(key).pub", encoding: .utf8)
        let names = LabSettings.systems.flatMap { system in (0..<(counts[system] ?? 0)).map { (system, "\(system)-\($0 + 1)") } }
        try await withThrowingTaskGroup(of: Void.self) { group in
            for (system, name) in names {
                group.addTask {
                    let container = "\(bridge.name)-\(name)"
                    let image = try images.name(of: system)
                    try await bridge.start(
                        BridgeHost(
                            name: container, hostName: name, image: image, system: system, files: ["/root/.ssh/authorized_keys": login]))
                    try await bridge.execute(["sh", "-c", "until systemctl --quiet is-active ssh sshd; do sleep 0.1; done"], in: container)
                }
            }
            try await group.waitForAll()
        }
        let entries = names.map { system, name in
            "    \(name): { address: \(bridge.address(of: "\(bridge.name)-\(name)")), solti_os: \(system) }\n"
        }
        // As people write their inventories: what is the same for all hosts is made of other variables.
        let variables = "account: root, ansible_user: \"{{ account }}\", ansible_host: \"{{ address }}\""
        let common = "  vars: { \(variables), ansible_ssh_private_key_file: \(key) }\n"
        try LabFiles.write("all:\n\(common)  hosts:\n\(entries.joined())", to: "farm.yml", below: folder)
        return LabFarm(inventory: "\(folder)/farm.yml")
    }

    /// The variables for `matrices/platforms/farm.yml`, `k3s.yml` and `matrices/suites/k3s-farm.yml`: the hosts and the stand-in for K3s.
    var environment: LabEnvironment {
        LabEnvironment(
            places: ["FARM_INVENTORY": inventory, "K3S_NODES": "farm", "SUITE_NODES": "farm"],
            standIns: [
                "K3S_VERSION": "v1.31.5+k3s1", "K3S_SCRIPT": LabFiles.path("fixtures/k3s/install.sh"),
                "K3S_BINARY": LabFiles.path("fixtures/k3s/k3s"),
            ])
    }
}
