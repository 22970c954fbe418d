import MatrixCore
import MatrixTesting
import Testing

@testable import MatrixPlatforms
@testable import MatrixRemote

struct GuestSeedTests {
    private func seed(user: String = "matrix") -> GuestSeed {
        GuestSeed(
            host: "debian12-qemu", instance: "debian12-qemu-1", user: user, publicKey: "ssh-ed25519 AAAAkey run",
            hostKeys: HostKeys(privateKey: "-----BEGIN\nabc\n-----END\n", publicKey: "ssh-ed25519 AAAAhost"),
            card: GuestSeed.Card(
                hardwareAddress: "52:54:00:00:00:01", address: "10.77.0.11", gateway: "10.77.0.2", resolver: "10.77.0.3"))
    }

    private func file(_ name: String, of seed: GuestSeed) -> String { seed.files.first { $0.name == name }?.text ?? "" }

    /// What `cloudinit_userdata` of Proxmox VE 8 writes for a machine with `name`, `ciuser`, `sshkeys` and `ciupgrade: 0`.
    private let proxmox = """
        #cloud-config
        hostname: debian12-qemu
        manage_etc_hosts: true
        user: matrix
        ssh_authorized_keys:
          - ssh-ed25519 AAAAkey run
        chpasswd:
          expire: False
        users:
          - default

        """

    @Test("A host gets what Proxmox VE sends it for the driver's settings, and its host key")
    func comparesWithProxmox() {
        let text = file("user-data", of: seed())
        #expect(text.hasPrefix(proxmox))
        #expect(
            text.dropFirst(proxmox.count) == """
                ssh_deletekeys: true
                ssh_keys:
                  ed25519_private: |
                    -----BEGIN
                    abc
                    -----END
                  ed25519_public: ssh-ed25519 AAAAhost

                """)
    }

    @Test func rootIsAllowedIfItIsTheAccount() {
        let text = file("user-data", of: seed(user: "root"))
        #expect(text.contains("user: root\ndisable_root: False\n"))
        #expect(!text.contains("users:"))
    }

    @Test func theNetworkIsThatOfTheCell() {
        let text = file("network-config", of: seed())
        #expect(text.contains("macaddress: \"52:54:00:00:00:01\""))
        #expect(text.contains("- 10.77.0.11/24"))
        #expect(text.contains("via: 10.77.0.2"))
        #expect(file("meta-data", of: seed()) == "instance-id: debian12-qemu-1\nlocal-hostname: debian12-qemu\n")
    }
}
