internal import MatrixCore
internal import MatrixRemote

/// What cloud-init gets of a host: the files of its data source NoCloud.
struct GuestSeed: Sendable {
    var host: String
    var instance: String
    /// The account that gets the run's key.
    var user: String
    /// The run's public key, one line.
    var publicKey: String
    var hostKeys: HostKeys
    var card: Card

    /// The host's network card.
    struct Card: Sendable {
        var hardwareAddress: String
        var address: String
        var gateway: String
        var resolver: String
    }

    static let volume = "CIDATA"

    /// The files by their names.
    var files: [(name: String, text: String)] {
        [("meta-data", metaData), ("user-data", userData), ("network-config", networkConfig)]
    }

    private var metaData: String { "instance-id: \(instance)\nlocal-hostname: \(host)\n" }

    /// As Proxmox VE writes it for the same settings (`cloudinit_userdata` in PVE/QemuServer/Cloudinit.pm), and the host's key.
    private var userData: String {
        let indented = hostKeys.privateKey.split(separator: "\n").map { "    \($0)" }.joined(separator: "\n")
        let account = user == "root" ? "disable_root: False\n" : ""
        let others = user == "root" ? "" : "users:\n  - default\n"
        return """
            #cloud-config
            hostname: \(host)
            manage_etc_hosts: true
            user: \(user)
            \(account)ssh_authorized_keys:
              - \(publicKey)
            chpasswd:
              expire: False
            \(others)ssh_deletekeys: true
            ssh_keys:
              ed25519_private: |
            \(indented)
              ed25519_public: \(hostKeys.publicKey)

            """
    }

    private var networkConfig: String {
        """
        version: 2
        ethernets:
          eth0:
            match:
              macaddress: "\(card.hardwareAddress)"
            set-name: eth0
            addresses:
              - \(card.address)/24
            routes:
              - to: 0.0.0.0/0
                via: \(card.gateway)
            nameservers:
              addresses:
                - \(card.resolver)

        """
    }
}
