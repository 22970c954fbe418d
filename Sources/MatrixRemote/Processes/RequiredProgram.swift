/// Which package brings a program that was not found, for the next step of the message.
enum RequiredProgram {
    private static let packages: [String: (debian: String, redHat: String)] = [
        "ssh": ("openssh-client", "openssh-clients"), "ssh-keygen": ("openssh-client", "openssh-clients"),
        "scp": ("openssh-client", "openssh-clients"),
        "podman": ("podman", "podman"), "ansible-playbook": ("ansible-core", "ansible-core"),
        "ansible-vault": ("ansible-core", "ansible-core"),
        "ansible-galaxy": ("ansible-core", "ansible-core"), "ansible-inventory": ("ansible-core", "ansible-core"),
        "mmdebstrap": ("mmdebstrap", "mmdebstrap"),
        "git": ("git", "git"), "curl": ("curl", "curl"), "tar": ("tar", "tar"), "sudo": ("sudo", "sudo"),
        "su": ("util-linux", "util-linux"),
        "kubectl": ("kubernetes-client", "kubernetes-client"), "helm": ("helm", "helm"), "qemu-img": ("qemu-utils", "qemu-img"),
        "pass": ("pass", "pass"),
        "python3": ("python3", "python3"), "rpm": ("rpm", "rpm"), "dnf": ("dnf", "dnf"), "createrepo_c": ("createrepo-c", "createrepo_c"),
    ]

    /// What to do about a missing program.
    static func installation(of program: String) -> String {
        let name = program.split(separator: "/").last.map(String.init) ?? program
        guard let package = packages[name] else { return "install it, or correct its name or PATH" }
        return "install it: apt install \(package.debian), or dnf install \(package.redHat)"
    }
}
