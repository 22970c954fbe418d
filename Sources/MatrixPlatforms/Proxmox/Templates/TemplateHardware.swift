import MatrixCore

/// The parameters of the request that creates a template's machine.
struct TemplateHardware: Sendable {
    let settings: ProxmoxSettings
    let os: OperatingSystem
    /// The storage of its disks.
    let storage: String
    /// Public keys, one per line; empty for none.
    let keys: String

    private var build: TemplateBuildSettings { settings.build }

    /// The name of a system's template.
    static func name(of os: OperatingSystem) -> String { os.templateName ?? "\(os.name)-template" }

    /// Everything except id, notes and the system's disk.
    var base: [String: Value] {
        var parameters: [String: Value] = [
            "name": .string(Self.name(of: os)), "tags": .string(os.templateTags.map { $0.lowercased() }.sorted().joined(separator: ";")),
            "memory": .int(build.memory), "balloon": .int(build.balloon), "cores": .int(build.cores), "cpu": .string(build.cpu),
            "numa": build.numa ? 1 : 0,
            "scsihw": .string(build.scsiController), "machine": .string(build.machine), "bios": .string(build.bios),
            "vga": .string(build.vga),
            "ostype": .string(build.osType), "serial0": "socket", "agent": build.agent ? "1" : "0",
            build.cloudInitBus: .string("\(storage):cloudinit"),
            "net0": .string(card.text), "ipconfig0": "ip=dhcp",
        ]
        if build.bios == "ovmf" { parameters["efidisk0"] = .string("\(storage):1,efitype=4m,pre-enrolled-keys=0") }
        if let user = build.user { parameters["ciuser"] = .string(user) }
        if !keys.isEmpty { parameters["sshkeys"] = .string(PercentEncoding.encode(keys)) }
        return parameters
    }

    private var card: NetworkCard {
        var card = settings.card
        card.model = build.networkModel
        card.mtu = build.mtu
        return card
    }

    /// The same parameters with the disk, which the server imports from a volume of a storage.
    func importing(_ volume: String) -> [String: Value] {
        base.merging([
            build.diskBus: .string("\(storage):0,import-from=\(volume)\(diskOptions)"), "boot": .string("order=\(build.diskBus)"),
        ]) {
            first, _ in first
        }
    }

    /// What follows the volume of the disk.
    var diskOptions: String { build.discard ? ",discard=on" : "" }

    /// A digest of everything that the template depends on, except its image. Newer settings count only if they are not the default, so
    /// that templates of older versions stay as they are.
    var digest: String {
        var all = base
        if !build.discard { all["discard"] = 0 }
        if build.guestAgent != .auto { all["guest_agent"] = .string(build.guestAgent.rawValue) }
        return TemplateNotes.digest(of: all, disk: build.disk)
    }
}
