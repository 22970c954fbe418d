/// The privileges that a run's requests need, by the path that they are asked at.
///
/// Source: the `permissions` of qemu-server's and pve-storage's API methods.
struct NeededPrivileges: Sendable {
    /// Privileges that must be held on any of some paths.
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
    let templates: [Template]
    /// Whether a template is missing that is to be built first.
    var builds = false

    var all: [Need] {
        var needs = Set(templates.map { "/vms/\($0.vmid)" }).sorted().map {
            Need(purpose: "to clone the template", paths: [$0], grant: $0, privileges: ["VM.Clone", "VM.Audit"])
        }
        needs.append(machines)
        for storage in Set([settings.storage].compactMap(\.self)).sorted() {
            needs.append(Need(purpose: "for the machines' disks", paths: ["/storage/\(storage)"], grant: "/storage/\(storage)", privileges: ["Datastore.AllocateSpace"]))
        }
        let bridge = "/sdn/zones/localnetwork/\(settings.bridge ?? "vmbr0")"
        needs.append(Need(purpose: "to plug machines into the bridge", paths: [bridge], grant: bridge, privileges: ["SDN.Use"]))
        return needs + (builds ? images : [])
    }

    private var images: [Need] {
        let node = "/nodes/\(settings.nodes[0])"
        let network = Need(purpose: "to download a template's image", paths: [node], grant: node, privileges: ["Sys.AccessNetwork"])
        guard let storage = settings.build.importStorage.map({ "/storage/\($0)" }) else { return [network] }
        return [network, Need(purpose: "to keep a template's image", paths: [storage], grant: storage, privileges: ["Datastore.AllocateTemplate"])]
    }

    private var machines: Need {
        let path = "/vms/\(settings.vmids.lowerBound)"
        let pool = settings.pool.map { "/pool/\($0)" }
        var privileges = [
            "VM.Allocate", "VM.Audit", "VM.Config.CDROM", "VM.Config.CPU", "VM.Config.Cloudinit", "VM.Config.Disk", "VM.Config.HWType", "VM.Config.Memory",
            "VM.Config.Network", "VM.Config.Options", "VM.PowerMgmt",
        ]
        // Before version 9 every agent command needed the monitor.
        if settings.address == .agent || settings.address == .auto && settings.addresses == nil { privileges.append(version >= 9 ? "VM.GuestAgent.Audit" : "VM.Monitor") }
        return Need(purpose: "to make and remove the machines", paths: [path] + [pool].compactMap(\.self), grant: pool ?? "/vms", privileges: privileges)
    }
}
