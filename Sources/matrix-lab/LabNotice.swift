import MatrixCore
import MatrixTesting

/// What a lab says of itself: the environment that leads to it, and what in it is not the real thing.
struct LabNotice {
    private let lab: Lab

    init(_ lab: Lab) { self.lab = lab }

    /// For a shell to evaluate.
    var text: String {
        let variables = lab.environment.sorted { $0.key < $1.key }.map { "export \($0.key)=\(ShellQuoting.quote($0.value))" }
        return ([comments] + variables).joined(separator: "\n")
    }

    var comments: String {
        (["everything of this lab carries Podman's label \(PodmanBridge.label)=\(lab.bridge.name)"] + standIns.map { "stand-in: \($0)" }).map { "# \($0)" }
            .joined(separator: "\n")
    }

    private var standIns: [String] {
        var lines = lab.standIns.sorted { $0.key < $1.key }.map { "hosts of \($0.key) are \($0.value)" }
        if lab.proxmox != nil { lines.append("Proxmox VE is fakepve; its templates have no disks, its machines are containers") }
        if lab.linode != nil { lines.append("Linode is the project's fake; its instances are containers") }
        if lab.environment["K3S_NODES"] != nil { lines.append("K3s has its interface and runs no container; its nodes are containers") }
        if lab.hasPackages { lines.append("the applications' repositories are the lab's own, and what is in them only looks like the applications") }
        return lines
    }
}
