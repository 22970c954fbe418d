import Foundation
import MatrixCore
import MatrixRemote
import MatrixTesting

/// A part of the outside world that a test needs, and that `fixtures/setup.sh --tests` brings.
///
/// In the order in which their slots are taken: whoever takes several never waits for one with a later one in hand.
public enum Part: String, CaseIterable, Comparable, Sendable {
    /// A whole lab: all platforms at once, with a dozen hosts.
    case lab
    /// Containers with systemd.
    case podman
    /// Virtual machines, emulated: one suite has all cores for its guests.
    case guests
    /// A third party's fake Proxmox VE server.
    case fakepve
    /// sshd on loopback.
    case sshd
    case ansible
    case chromium
    /// QEMU without a guest that runs.
    case qemu
    /// Programs that are asked one question; as many at once as like.
    case ssh, openssl, python, pythonPackages, curl, git, xmllint, sqlite, qemuImages, groovy, debianVersions, rpmVersions, rpmRepositories,
        shellcheck, testinfra, helperPrograms
    /// libfaketime, under which a process has a clock that jumps.
    case fakeClock
    /// The built programs: `matrix`, `matrix-lab`, `matrix-chaos`.
    case programs
    /// Accounts, addresses and mounts that only root can make.
    case root

    public static func < (left: Part, right: Part) -> Bool { left.rank < right.rank }

    private var rank: Int { Self.allCases.firstIndex(of: self) ?? 0 }

    /// How many suites of this machine use it at once; nil if that does not matter.
    var width: Int? {
        switch self {
        case .lab, .chromium, .guests: 1
        case .ansible: 2
        case .podman, .fakepve, .sshd: 4
        default: nil
        }
    }

    /// What is missing for it, and which package brings it; nil if it is there.
    var lack: String? {
        let missing = programs.filter { SearchPath.file(of: $0, in: Self.path) == nil }
        if !missing.isEmpty { return "\(missing.joined(separator: ", ")) (\(package))" }
        switch self {
        case .root: return geteuid() == 0 ? nil : "root"
        case .testinfra: return Self.hasTestinfra ? nil : "testinfra (of PyPI, in fixtures/.venv)"
        case .fakeClock: return Self.fakeClocks.contains { FileManager.default.fileExists(atPath: $0) } ? nil : "libfaketime"
        default: return nil
        }
    }

    private var programs: [String] {
        switch self {
        case .lab: ["podman", "runc", "mmdebstrap", "ansible-playbook", "sshd", "openssl"]
        case .podman: ["podman", "runc", "mmdebstrap", "ssh", "ssh-keygen"]
        case .guests:
            ["qemu-system-x86_64", "qemu-img", "xorriso", "mmdebstrap", "grub-mkimage", "mformat", "sfdisk", "mke2fs", "ssh", "ssh-keygen"]
        case .fakepve: ["fakepve", "openssl"]
        case .sshd: ["sshd", "ssh", "ssh-keygen"]
        case .ansible: ["ansible-playbook"]
        case .chromium: ["chromium"]
        case .ssh: ["ssh", "ssh-keygen"]
        case .openssl: ["openssl"]
        case .python: ["python3"]
        case .pythonPackages: ["check-jsonschema", "kubernetes-validate", "jsonschema"]
        case .curl: ["curl"]
        case .git: ["git"]
        case .xmllint: ["xmllint"]
        case .sqlite: ["sqlite3"]
        case .qemu: ["qemu-system-x86_64", "qemu-img", "xorriso", "ssh-keygen"]
        case .qemuImages: ["qemu-img"]
        case .groovy: ["groovy"]
        case .debianVersions: ["dpkg"]
        case .rpmVersions: ["rpm"]
        case .rpmRepositories: ["rpmbuild", "createrepo_c"]
        case .shellcheck: ["shellcheck"]
        case .helperPrograms: ["bash", "tar", "gzip", "setsid"]
        case .programs, .testinfra, .fakeClock, .root: []
        }
    }

    /// In the environment's own Python, which asks by it.
    private static var hasTestinfra: Bool {
        let folder = Repository.path("fixtures/.venv/lib")
        return ((try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []).contains {
            FileManager.default.fileExists(atPath: "\(folder)/\($0)/site-packages/testinfra")
        }
    }

    private static let fakeClocks = ["x86_64", "aarch64"].map { "/usr/lib/\($0)-linux-gnu/faketime/libfaketime.so.1" }

    private var package: String {
        switch self {
        case .lab, .podman: "podman, runc, mmdebstrap, openssh-client, ansible-core"
        case .fakepve: "fakepve of PyPI, in fixtures/.venv"
        case .sshd: "openssh-server"
        case .ansible: "ansible-core"
        case .ssh: "openssh-client"
        case .python: "python3"
        case .pythonPackages: "PyPI, in fixtures/.venv"
        case .xmllint: "libxml2-utils"
        case .sqlite: "sqlite3"
        case .qemu, .guests: "fixtures/setup.sh --tests"
        case .qemuImages: "qemu-utils"
        case .rpmRepositories: "rpm, createrepo-c"
        case .helperPrograms: "bash, tar, gzip, util-linux"
        default: rawValue
        }
    }

    /// What `fixtures/setup.sh --tests` installs beside itself counts, and so do the folders that only root has in its `PATH`.
    private static let path: String = {
        let own = ProcessInfo.processInfo.environment["PATH"] ?? ""
        return [Repository.path("fixtures/.venv/bin"), own, "/usr/sbin", "/sbin"].joined(separator: ":")
    }()
}
