import Foundation
import MatrixCore
import MatrixTesting

/// What a lab says of itself: the environment that leads to it, and what in it is not the real thing.
struct LabNotice {
    private let lab: Lab

    init(_ lab: Lab) { self.lab = lab }

    /// For a shell to evaluate.
    var text: String {
        ([comments] + lab.variables.lines).joined(separator: "\n")
    }

    var comments: String {
        let label = "everything of this lab carries Podman's label \(PodmanBridge.label)=\(lab.bridge.name)"
        return ([label] + standIns.map { "stand-in: \($0)" } + kept).map { "# \($0)" }.joined(separator: "\n")
    }

    private var standIns: [String] {
        var lines = lab.standIns.sorted { $0.key < $1.key }.map { "hosts of \($0.key) are \($0.value)" }
        if lab.proxmox != nil { lines.append("Proxmox VE is fakepve; its templates have no disks, its machines are containers, those of Debian without a guest agent") }
        if lab.linode != nil { lines.append("Linode is the project's fake; its instances are containers") }
        if lab.environment["K3S_NODES"] != nil { lines.append("K3s has its interface and runs no container; its nodes are containers") }
        if lab.hasPackages { lines.append("the applications' repositories are the lab's own, and what is in them only looks like the applications") }
        if lab.hasInstallers {
            lines.append("the installers of ISPConfig and Wazuh, Wazuh's agent and solti-containers have the interface of the official ones, and install nothing")
        }
        return lines
    }

    /// What the lab does not stand in for, as it was set before.
    private var kept: [String] {
        lab.variables.standIns.keys.sorted().compactMap { key in
            ProcessInfo.processInfo.environment[key].map { "not the lab's, as it was set before: \(key)=\($0)" }
        }
    }
}
