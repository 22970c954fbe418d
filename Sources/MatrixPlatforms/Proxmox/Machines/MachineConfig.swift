import MatrixCore

/// A machine's configuration, with typed access.
struct MachineConfig: Sendable, Hashable {
    private var members: [String: Value]

    init(_ value: Value) {
        if case .map(let members) = value { self.members = members } else { members = [:] }
    }

    subscript(key: String) -> String? { members[key]?.text.unlessEmpty }

    var keys: [String] { members.keys.sorted() }

    var name: String { self["name"] ?? "" }
    var isTemplate: Bool { self["template"] == "1" }
    var isProtected: Bool { self["protection"] == "1" }
    var lock: String? { self["lock"] }

    /// The drives by their place, including CD-ROMs and cloud-init.
    var drives: [String: Drive] {
        let found = members.compactMap { key, value -> (String, Drive)? in
            guard key.wholeMatch(of: /(ide|sata|scsi|virtio|efidisk|tpmstate|unused)[0-9]+/) != nil else { return nil }
            return (key, Drive(value.text))
        }
        return Dictionary(found) { first, _ in first }
    }

    /// The place of the disk it boots from: the first disk of the boot order, never a guess.
    var bootDisk: String? {
        let order = self["boot"]?.split(separator: ",").first { $0.hasPrefix("order=") }.map {
            $0.dropFirst("order=".count).split(separator: ";").map(String.init)
        }
        return ((order ?? []) + [self["bootdisk"]].compactMap(\.self)).first { place in drives[place].map { !$0.isRemovable } ?? false }
    }

    var hasCloudInitDrive: Bool { drives.values.contains { $0.volume.contains("cloudinit") } }

    /// The storages that its drives are on.
    var storages: [String] { Set(drives.values.compactMap(\.storage)).sorted() }

    /// The bridges that its network cards are connected to, each with its VLAN tag.
    var bridges: [(name: String, vlan: Int?)] {
        members.filter { $0.key.wholeMatch(of: /net[0-9]+/) != nil }.sorted { $0.key < $1.key }.compactMap { _, value in
            guard let bridge = value.text.firstMatch(of: /(?:^|,)bridge=([^,]+)/) else { return nil }
            return (String(bridge.output.1), value.text.firstMatch(of: /(?:^|,)tag=([0-9]+)/).flatMap { Int($0.output.1) })
        }
    }

    /// When the server created it; nil if it is older than such records.
    var created: Timestamp? {
        self["meta"]?.firstMatch(of: /(?:^|,)ctime=([0-9]{1,12})(?:,|$)/).flatMap { Double($0.output.1) }.map { Timestamp(seconds: $0) }
    }

    /// The hardware address of its first network card, in lower case.
    var hardwareAddress: String? {
        self["net0"]?.firstMatch(of: /=((?:[0-9A-Fa-f]{2}:){5}[0-9A-Fa-f]{2})/).map { $0.output.1.lowercased() }
    }

    /// The address that cloud-init sets; nil for DHCP.
    var staticAddress: String? {
        self["ipconfig0"]?.firstMatch(of: /(?:^|,)ip=([0-9.]+)\//).map { String($0.output.1) }
    }

    /// Whether the configuration has the agent switched on. The guest may still have none.
    var hasAgent: Bool {
        guard let first = self["agent"]?.split(separator: ",").first(where: { !$0.contains("=") || $0.hasPrefix("enabled=") }) else {
            return false
        }
        return first == "1" || first == "enabled=1"
    }

    /// MiB; nil for the server's default.
    var memory: Int? { self["memory"].flatMap { Int($0.split(separator: "=").last ?? "") } }
}

/// A drive's value: `local-lvm:vm-20001-disk-0,discard=on,size=8G`.
struct Drive: Sendable, Hashable {
    /// The volume's id, or `none`, `cdrom`.
    var volume: String
    private var options: [String: String]

    init(_ text: String) {
        let parts = text.split(separator: ",").map(String.init)
        let named = parts.filter { $0.contains("=") }.compactMap { part -> (String, String)? in
            guard let mark = part.firstIndex(of: "=") else { return nil }
            return (String(part[..<mark]), String(part[part.index(after: mark)...]))
        }
        options = Dictionary(named) { first, _ in first }
        volume = parts.first { !$0.contains("=") } ?? options["file"] ?? ""
    }

    var isRemovable: Bool { options["media"] == "cdrom" || volume.contains("cloudinit") }

    var storage: String? {
        guard let mark = volume.firstIndex(of: ":"), !volume.hasPrefix("/") else { return nil }
        return String(volume[..<mark])
    }

    /// Bytes, if the configuration has the size.
    var size: Int? { options["size"].flatMap { ByteSize.parse($0) } }
}
