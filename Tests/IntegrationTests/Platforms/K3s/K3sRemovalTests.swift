import Foundation
import IntegrationSupport
import MatrixCore
import MatrixRemote
import MatrixTesting
import Testing

@testable import MatrixPlatforms
@testable import MatrixPlatformsTests

/// Removes K3s from a real host with systemd, even if only parts of it exist.
@Suite(.requires(.podman)) struct K3sRemovalTests {
    private static let cell = CellPlan(
        name: "removal", point: [],
        os: OperatingSystem(
            name: "debian12", family: "debian", packageManager: .apt, release: .init(id: "debian", version: "12"), debianSuite: "bookworm"),
        platform: "k3s",
        hosts: [HostPlan(name: "removal")])

    private static let installer = Repository.path("fixtures/k3s")

    @Test func nothingIsLeftOfAnythingThatIsOurs() async throws {
        try await withBench { bench in
            let endpoint = try await bench.lend(Self.cell)[0]
            let container = try #require(bench.made.current.first { $0.host != nil })
            let shell = K3sShell(transport: Inside(container: container.id, runner: bench.runner), label: "removal")
            for file in ["k3s", "install.sh"] {
                try await bench.runner.require(
                    Command(["podman", "cp", "\(Self.installer)/\(file)", "\(container.id):/root/\(file)"]), "copy \(file)")
            }
            _ = endpoint
            try await aForeignClusterIsLeftAlone(shell)
            try await bothServicesWithoutTheirScriptsGo(shell)
            try await aHalfInstallGoes(shell)
        }
    }

    /// Before the mark is there, what is found belongs to somebody else.
    private func aForeignClusterIsLeftAlone(_ shell: K3sShell) async throws {
        _ = try await shell.run("touch /etc/systemd/system/k3s.service")
        let seen = try await shell.run(PrerequisitesScript.text, variables: Self.variables)
        #expect(seen["present"] == "/etc/systemd/system/k3s.service")
        let removal = try await shell.run(RemovalScript.text, variables: Self.variables)
        #expect(removal["done"] != nil && removal.output.contains("nothing of mine is here"))
        #expect(try await shell.run("[ -e /etc/systemd/system/k3s.service ] && say there").all("there").count == 1)
        _ = try await shell.run("rm /etc/systemd/system/k3s.service")
    }

    private func bothServicesWithoutTheirScriptsGo(_ shell: K3sShell) async throws {
        let met = try await shell.run(PrerequisitesScript.text, variables: Self.variables)
        #expect(met.exitStatus == 0 && met["present"] == nil && met["problem"] == nil, "\(met.told) \(met.tail)")
        let again = try await shell.run(PrerequisitesScript.text, variables: ["cluster": "another", "control": "", "download": ""])
        #expect(again["present"] == "mine")
        let made = try await shell.run(
            """
            cp /root/k3s /usr/local/bin/k3s
            export INSTALL_K3S_SKIP_DOWNLOAD=true INSTALL_K3S_SKIP_START=true K3S_TOKEN=x
            sh /root/install.sh server && K3S_URL=https://127.0.0.1:6443 sh /root/install.sh agent || return 1
            rm /usr/local/bin/k3s-agent-uninstall.sh
            mkdir -p /etc/rancher/node /var/lib/rancher/k3s/agent /run/k3s /var/lib/kubelet/pods /etc/cni/net.d
            echo p >/etc/rancher/node/password
            mount -t tmpfs none /var/lib/kubelet/pods
            ln -sf k3s /usr/local/bin/kubectl
            cp /bin/sleep /var/lib/rancher/k3s/agent/containerd-shim
            setsid /var/lib/rancher/k3s/agent/containerd-shim 1000 >/dev/null 2>&1 &
            """)
        #expect(made.exitStatus == 0, "\(made.tail)")
        try await expectClean(shell)
    }

    private func aHalfInstallGoes(_ shell: K3sShell) async throws {
        _ = try await shell.run(PrerequisitesScript.text, variables: Self.variables)
        let half = try await shell.run(
            "echo half >/etc/k3s-stand-in; cp /root/k3s /usr/local/bin/k3s; INSTALL_K3S_SKIP_DOWNLOAD=true sh /root/install.sh server")
        #expect(half.exitStatus != 0)
        try await expectClean(shell)
    }

    private func expectClean(_ shell: K3sShell) async throws {
        let removal = try await shell.run(RemovalScript.text, variables: Self.variables, timeout: .seconds(120))
        #expect(removal["done"] != nil && removal.all("left").isEmpty, "\(removal.told) \(removal.tail)")
        let found = try await shell.run(
            """
            for path in /etc/rancher /var/lib/rancher /var/lib/kubelet /etc/cni/net.d /run/k3s /usr/local/bin/k3s \
            /usr/local/bin/kubectl /var/lib/solti-matrix \
                /etc/systemd/system/k3s.service /etc/systemd/system/k3s-agent.service /usr/local/bin/k3s-uninstall.sh; do
                if [ -e "$path" ] || [ -L "$path" ]; then say path "$path"; fi
            done
            ls /etc/systemd/system/multi-user.target.wants | grep k3s | sed 's/^/@k3s path /'
            grep -q kubelet /proc/mounts && say path mount
            for process in /proc/[0-9]*; do
                case $(readlink "$process/exe") in /var/lib/rancher/*) say path "$process" ;; esac
            done
            return 0
            """)
        #expect(found.all("path").isEmpty)
        let again = try await shell.run(RemovalScript.text, variables: Self.variables)
        #expect(again.output.contains("nothing of mine is here"))
    }

    private static let variables = ["cluster": "mine", "control": "yes", "download": "", "networks": "10.42.0.0/16 10.43.0.0/16"]
}
