import MatrixCore

/// A program that `matrix` runs: what it is for, and how it is installed. Who needs it is said by ``Needs``.
struct Tool: Sendable {
    var program: String
    /// What it is for; continues the words "needed …".
    var purpose: String
    /// Arguments that make it print its version; empty if it has none.
    var version: [String] = []
    /// The oldest version that works; empty for any.
    var oldest: [Int] = []
    /// Its Debian package.
    var package: String

    static let all: [Tool] = [
        Tool(program: "ssh", purpose: "to reach hosts", version: ["-V"], oldest: [7, 6], package: "openssh-client"),
        Tool(program: "ssh-keygen", purpose: "for the runs' keys", package: "openssh-client"),
        Tool(program: "podman", purpose: "for hosts in containers", version: ["--version"], oldest: [4], package: "podman"),
        Tool(
            program: "qemu-system-x86_64", purpose: "for virtual machines", version: ["--version"], oldest: [7, 2],
            package: "qemu-system-x86"),
        Tool(
            program: "qemu-system-aarch64", purpose: "for virtual machines", version: ["--version"], oldest: [7, 2],
            package: "qemu-system-arm"),
        Tool(program: "qemu-img", purpose: "for the disks of virtual machines", version: ["--version"], package: "qemu-utils"),
        Tool(
            program: "mmdebstrap", purpose: "for Debian images if no container registry answers", version: ["--version"],
            package: "mmdebstrap"),
        Tool(program: "ansible-playbook", purpose: "for ansible steps", version: ["--version"], oldest: [2, 14], package: "ansible-core"),
        Tool(
            program: "ansible-inventory", purpose: "for pools whose hosts are in an Ansible inventory", version: ["--version"],
            oldest: [2, 14], package: "ansible-core"),
        Tool(program: "ansible-vault", purpose: "for secrets in vault files", package: "ansible-core"),
        Tool(
            program: "kubectl", purpose: "for kubernetes steps and checks", version: ["version", "--client"], package: "kubernetes-client"),
        Tool(program: "virt-customize", purpose: "to install the guest agent in the images of templates", package: "libguestfs-tools"),
        Tool(program: "git", purpose: "to name the commit in reports", version: ["--version"], package: "git"),
    ]

    /// The first number with a dot that a program prints: `ansible-playbook [core 2.19.1]`, `OpenSSH_9.2p1`.
    static func version(in text: String) -> [Int]? {
        guard let match = text.firstMatch(of: /[0-9]+(\.[0-9]+)+/) else { return nil }
        return match.output.0.split(separator: ".").compactMap { Int($0) }
    }

    var isOfAnsible: Bool { package == "ansible-core" }

    /// Whether a version is ``oldest`` or newer.
    func isRecent(_ version: [Int]) -> Bool { !version.lexicographicallyPrecedes(oldest) }
}
