import Foundation
import MatrixCore
import MatrixTesting

/// What a lab prints: the environment that points at it, and a list of its stand-ins.
struct LabNotice {
    private let lab: Lab

    init(_ lab: Lab) { self.lab = lab }

    /// For a shell to evaluate.
    var text: String {
        ([comments] + lab.variables.lines).joined(separator: "\n")
    }

    var comments: String {
        let label = "everything in this lab has Podman's label \(PodmanBridge.label)=\(lab.bridge.name)"
        return ([label] + standIns.map { "stand-in: \($0)" } + kept).map { "# \($0)" }.joined(separator: "\n")
    }

    private var standIns: [String] {
        var lines = lab.standIns.sorted { $0.key < $1.key }.map { "hosts of \($0.key) are \($0.value)" }
        if lab.proxmox != nil {
            lines.append("Proxmox VE is fakepve; its templates have no disks; its machines are containers, on Debian without a guest agent")
        }
        if lab.linode != nil { lines.append("Linode is the project's fake; its instances are containers") }
        if lab.environment["K3S_NODES"] != nil {
            lines.append("K3s is a stand-in with the interface of K3s that runs no containers; its nodes are containers")
        }
        if lab.hasPackages {
            lines.append("the applications' repositories are in the lab, and their packages only look like the applications")
        }
        if lab.hasInstallers {
            lines.append(
                "the installers of ISPConfig and Wazuh, Wazuh's agent and solti-containers have the interface of the official ones, "
                    + "but install nothing"
            )
        }
        return lines
    }

    /// The variables that were set before: the lab does not replace them.
    private var kept: [String] {
        lab.variables.standIns.keys.sorted().compactMap { key in
            ProcessInfo.processInfo.environment[key].map { "not from the lab, because it was set before: \(key)=\($0)" }
        }
    }
}
