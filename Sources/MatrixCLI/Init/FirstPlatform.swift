import ArgumentParser

/// A platform that `matrix init` offers.
enum FirstPlatform: String, ExpressibleByArgument, CaseIterable {
    case podman
    case qemu
    case proxmox
    case linode
    case `static`
    case k3s

    /// What the user must do before a run; nil for nothing.
    var preparation: String? {
        switch self {
        case .podman, .k3s: nil
        case .qemu: "install QEMU, and be allowed to use KVM: matrix doctor says how"
        case .proxmox: "export PROXMOX_URL, PROXMOX_USER, PROXMOX_TOKEN_ID, PROXMOX_TOKEN_SECRET and PROXMOX_NODE"
        case .linode: "export LINODE_TOKEN"
        case .static: "name your hosts in matrices/platforms/static.yml"
        }
    }

    /// The platforms whose hosts can be a cluster's nodes.
    static let lenders = allCases.filter { $0 != .k3s }

    /// The platform's settings file; that of a cluster is in `FirstCluster`.
    ///
    /// - Parameter system: the system that a pool's hosts have.
    func settings(system: String) -> String {
        let text =
            switch self {
            case .podman: Self.podmanSettings
            case .qemu: Self.qemuSettings
            case .proxmox: Self.proxmoxSettings
            case .linode: Self.linodeSettings
            case .static: Self.staticSettings.replacing("SYSTEM", with: system)
            case .k3s: ""
            }
        return text + "\n"
    }

    private static let podmanSettings = """
        # Hosts are containers with systemd and sshd on this machine; no account and no setting is needed.
        platforms:
          podman: { driver: podman }
        """

    private static let qemuSettings = """
        # Hosts are virtual machines on this machine, made from the distributions' cloud images, which are downloaded once.
        platforms:
          qemu:
            driver: qemu
            # memory: 2GiB                      # of hosts that ask for no size
            # accel: tcg                        # without KVM: emulated, about ten times slower
        """

    private static let proxmoxSettings = """
        # Virtual machines on Proxmox VE, cloned from templates; missing templates are built.
        platforms:
          proxmox:
            driver: proxmox
            endpoint: ${env.PROXMOX_URL:-https://pve.example.net:8006}
            token:
              id: "${env.PROXMOX_USER:-matrix@pve}!${env.PROXMOX_TOKEN_ID:-matrix}"
              secret: { env: PROXMOX_TOKEN_SECRET }
            node: ${env.PROXMOX_NODE:-pve}
            vmids: 20000-20999
            storage: local-lvm
            bridge: vmbr0
            # The cloud images of Debian and Ubuntu have no guest agent: their machines are found only with one of these.
            # addresses: { range: 192.168.1.90-192.168.1.99/24, gateway: 192.168.1.1 }
            # ssh: { host: pve, user: root }
            # tls: { ca: pve-root-ca.pem }    # /etc/pve/pve-root-ca.pem of the node, or { fingerprint: "AA:BB:…" }
        """

    private static let linodeSettings = """
        # Instances of Akamai's cloud; they cost money for every hour until they are destroyed.
        platforms:
          linode:
            driver: linode
            token: { env: LINODE_TOKEN }
            region: [us-central, us-east]     # the next one if a region has no capacity
            type: g6-standard-2
        """

    private static let staticSettings = """
        # Existing hosts: leased to one cell at a time, reset afterwards, never destroyed.
        platforms:
          static:
            driver: static
            user: admin                       # logs in with your SSH agent and keys; becomes root by sudo without a password
            os: SYSTEM
            hosts:
              - { name: host-01, address: 192.0.2.1 }
              - { name: host-02, address: 192.0.2.2 }
            reset:
              - { name: application, run: "true" } # removes what your deploy steps installed on a host
        """
}
