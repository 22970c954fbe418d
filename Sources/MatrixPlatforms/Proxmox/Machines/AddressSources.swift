/// The settings by which `matrix` finds the address of a machine without a guest agent.
struct AddressSources: Sendable {
    let settings: ProxmoxSettings

    /// As text of the settings file, ready to paste.
    var ways: String {
        let change = settings.address == .agent ? "address: auto and " : ""
        return
            "write \(change)addresses: { range: 192.168.1.90-192.168.1.99/24, gateway: 192.168.1.1 } with free addresses of your network, "
            + "or \(change)ssh: { host: \(settings.shell?.host ?? settings.nodes[0]), user: root } for the node's DHCP leases and neighbour table"
    }
}
