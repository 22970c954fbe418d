/// The privileges that a run's requests need, by the path that the server checks.
///
/// Source: the `permissions` of qemu-server's and pve-storage's API methods.
struct NeededPrivileges: Sendable {
    /// Privileges that the token needs on one of several paths.
    struct Need: Sendable, Hashable {
        var purpose: String
        /// One of these paths is enough: a pool's members have its privileges.
        var paths: [String]
        /// Where to grant it.
        var grant: String
        var privileges: [String]
    }

    /// The server's major version.
    let version: Int
    let settings: ProxmoxSettings
    /// The templates' configurations by VMID.
    let templates: [Int: MachineConfig]
    /// Whether a missing template will be built first.
    var builds = false

    var all: [Need] {
        let clones = templates.keys.sorted().map {
            Need(purpose: "to clone the template", paths: ["/vms/\($0)"], grant: "/vms/\($0)", privileges: ["VM.Clone", "VM.Audit"])
        }
        return clones + machines + storages + bridges + (builds ? images : [])
    }

    /// The server checks each disk of the template: on its storage, or on the storage of the full clone.
    private var storages: [Need] {
        let configured = Set([settings.storage].compactMap(\.self))
        let inherited = settings.clone == .full && settings.storage != nil ? [] : Set(templates.values.flatMap(\.storages))
        return configured.union(inherited).sorted().map { storage in
            let path = "/storage/\(storage)"
            // Without Audit, a disk that its machine left behind cannot be seen.
            return Need(
                purpose: "for the machines' disks", paths: [path], grant: path, privileges: ["Datastore.AllocateSpace", "Datastore.Audit"])
        }
    }

    /// Cloning needs the privilege for the template's bridges, even if the machine moves to another one afterwards.
    private var bridges: [Need] {
        let inherited = Set(templates.values.flatMap(\.bridges).map { NetworkCard.privilegePath($0.name, $0.vlan) })
        var cards = ([settings.card] + settings.moreCards).compactMap(\.privilegePath)
        // A VLAN tag alone: on the template's bridge.
        if settings.bridge == nil, let vlan = settings.card.vlan {
            cards += Set(templates.values.compactMap { $0.bridges.first?.name }).map { NetworkCard.privilegePath($0, vlan) }
        }
        if settings.bridge == nil, inherited.isEmpty { cards.append(NetworkCard.privilegePath("vmbr0", settings.card.vlan)) }
        return inherited.union(cards).sorted().map { path in
            Need(purpose: "to connect machines to the bridge", paths: [path], grant: path, privileges: ["SDN.Use"])
        }
    }

    private var images: [Need] {
        let node = "/nodes/\(settings.nodes[0])"
        let network = Need(purpose: "to download a template's image", paths: [node], grant: node, privileges: ["Sys.AccessNetwork"])
        guard let storage = settings.build.importStorage.map({ "/storage/\($0)" }) else { return [network] }
        return [
            network,
            Need(
                purpose: "to keep a template's image", paths: [storage], grant: storage,
                privileges: ["Datastore.Audit", "Datastore.AllocateTemplate"]),
        ]
    }

    private var machines: [Need] {
        let path = "/vms/\(settings.vmids.lowerBound)"
        let pool = settings.pool.map { "/pool/\($0)" }
        var privileges = [
            "VM.Allocate", "VM.Audit", "VM.Config.CDROM", "VM.Config.CPU", "VM.Config.Cloudinit", "VM.Config.Disk", "VM.Config.HWType",
            "VM.Config.Memory",
            "VM.Config.Network", "VM.Config.Options", "VM.PowerMgmt",
        ]
        // Before version 9 every agent command needed the monitor.
        if settings.address == .agent || settings.address == .auto && settings.addresses == nil {
            privileges.append(version >= 9 ? "VM.GuestAgent.Audit" : "VM.Monitor")
        }
        let own = Need(
            purpose: "to make and remove the machines", paths: [path] + [pool].compactMap(\.self), grant: pool ?? "/vms",
            privileges: privileges)
        // A clone joins its pool last: until then the pool's privileges do not cover it.
        return pool == nil
            ? [own]
            : [own, Need(purpose: "to see clones that are not in the pool yet", paths: [path], grant: "/vms", privileges: ["VM.Audit"])]
    }
}
