import MatrixCore

/// What the settings say about a network card of a machine; nil keeps what the template has.
struct NetworkCard: Sendable, Hashable {
    /// The models that the server knows.
    static let models = [
        "virtio", "e1000", "e1000-82540em", "e1000-82544gc", "e1000-82545em", "e1000e", "i82551", "i82557b", "i82559er", "ne2k_isa",
        "ne2k_pci", "pcnet", "rtl8139", "vmxnet3",
    ]

    var bridge: String?
    /// The VLAN tag.
    var vlan: Int?
    /// Whether the server's firewall filters it.
    var firewall: Bool?
    /// The model of a new card.
    var model = "virtio"
    /// Of a new card; 1: the bridge's. Only virtio has it.
    var mtu: Int?
    /// Whether cloud-init asks a DHCP server for its address.
    var usesDHCP = true

    /// The path of the server's privilege for the card.
    var privilegePath: String? { bridge.map { Self.privilegePath($0, vlan) } }

    static func privilegePath(_ bridge: String, _ vlan: Int?) -> String {
        "/sdn/zones/localnetwork/\(bridge)" + (vlan.map { "/\($0)" } ?? "")
    }

    /// The value of a new card: `virtio,bridge=vmbr0,mtu=1`.
    var text: String {
        let mtu = model == "virtio" ? mtu.map { ["mtu=\($0)"] } ?? [] : []
        return ([model, "bridge=\(bridge ?? "vmbr0")"] + mtu + options).joined(separator: ",")
    }

    private var options: [String] {
        (vlan.map { ["tag=\($0)"] } ?? []) + (firewall.map { ["firewall=\($0 ? 1 : 0)"] } ?? [])
    }

    /// An existing card with what the settings say: model, hardware address and the rest stay.
    func applied(to text: String) -> String {
        let changed = (bridge.map { ["bridge=\($0)"] } ?? []) + options
        let names = changed.map { $0.prefix { $0 != "=" } + "=" }
        let parts = text.split(separator: ",").filter { part in !names.contains { part.hasPrefix($0) } }.map(String.init)
        return (parts.prefix(1) + changed + parts.dropFirst()).joined(separator: ",")
    }

    /// Whether a card of a configuration has the options of a value that was sent. The server adds the hardware address.
    static func matches(_ text: String?, _ sent: String) -> Bool {
        let seen = Set((text ?? "").split(separator: ","))
        return sent.split(separator: ",").allSatisfy { option in
            // `firewall=0` is the default, which the server may leave out.
            !option.hasPrefix("bridge=") && !option.hasPrefix("tag=") && option != "firewall=1" || seen.contains(option)
        }
    }
}
