import MatrixCore

/// What is set and removed on a fresh clone, so that it inherits no settings of its template.
struct MachineChanges: Sendable, Hashable {
    var set: [String: Value]
    /// Keys to remove, in order.
    var delete: [String]

    /// Inherited settings that are removed if set. With a missing snippet a machine fails only when it starts, and the address of a
    /// second network is the template's. `startup` stays: without `onboot` it has no effect, and removing it needs Sys.Modify on /.
    private static let unwanted = ["cicustom", "cipassword", "nameserver", "searchdomain"]
    /// Settings that only root may change.
    private static let unwantedByRoot = ["hookscript"]

    /// - Parameter isRoot: whether the server lets the caller change everything.
    init(
        _ resource: Resource, size: HostSize, address: String?, key: String, settings: ProxmoxSettings, isRoot: Bool = false,
        over config: MachineConfig
    ) {
        set = [
            "name": .string(resource.name), "description": .string(Ownership.description(resource)),
            "tags": .string(Ownership.tags(resource, and: settings.tags)), "onboot": 0, "protection": 0, "ciupgrade": 0,
            // With any other value, a node short of memory takes memory from the guest, down to this value, until its sshd is killed.
            "balloon": 0,
            "ciuser": .string(settings.user), "sshkeys": .string(PercentEncoding.encode(key)),
            "ipconfig0": .string(Self.network(address, settings.addresses)),
        ]
        if !settings.nameservers.isEmpty { set["nameserver"] = .string(settings.nameservers.joined(separator: " ")) }
        if let domain = settings.searchDomain { set["searchdomain"] = .string(domain) }
        let networks = config.keys.filter { $0.hasPrefix("ipconfig") && $0 != "ipconfig0" }
        // Our own vendor data brings the guest agent.
        let isKept = VendorData.isOurs(config["cicustom"])
        delete = []
        connect(settings, config)
        resize(size)
        delete = (Self.unwanted + (isRoot ? Self.unwantedByRoot : []) + networks).filter {
            config[$0] != nil && set[$0] == nil && !(isKept && $0 == "cicustom")
        }
    }

    private mutating func connect(_ settings: ProxmoxSettings, _ config: MachineConfig) {
        let first = settings.card
        if first.bridge != nil || first.vlan != nil || first.firewall != nil, let card = config["net0"] {
            set["net0"] = .string(first.applied(to: card))
        }
        for (index, card) in settings.moreCards.enumerated() {
            set["net\(index + 1)"] = .string(card.text)
            if card.usesDHCP { set["ipconfig\(index + 1)"] = "ip=dhcp" }
        }
    }

    private mutating func resize(_ size: HostSize) {
        if let cores = size.cores {
            set["cores"] = .int(cores)
            set["sockets"] = 1
        }
        guard let bytes = size.memory else { return }
        set["memory"] = .int((bytes + (1 << 20) - 1) >> 20)
    }

    private static func network(_ address: String?, _ pool: AddressPool?) -> String {
        guard let address, let pool else { return "ip=dhcp" }
        return "ip=\(address)/\(pool.prefix)" + (pool.gateway.map { ",gw=\($0)" } ?? "")
    }

    /// The parameters of the request.
    var parameters: [String: Value] {
        delete.isEmpty ? set : set.merging(["delete": .string(delete.joined(separator: ","))]) { first, _ in first }
    }

    /// The keys that differ in a configuration that was read again; empty if the server applied all.
    func missed(in config: MachineConfig) -> [String] {
        let wrong = set.filter { key, value in
            switch key {
            case "tags": Set(Machine.tags(config[key] ?? "")) != Set(Machine.tags(value.text))
            case "description": config[key]?.stripped != value.text
            case "onboot", "protection": config[key] == "1"
            case "ciupgrade": false
            case let key where key.hasPrefix("net"): !NetworkCard.matches(config[key], value.text)
            case "memory": config.memory.map { .int($0) } != value
            default: config[key] != value.text
            }
        }.keys
        return (Array(wrong) + delete.filter { config[$0] != nil }).sorted()
    }
}
