import MatrixCore

/// Turns a fresh clone into the machine that a cell asks for, and checks that the server applied everything.
struct MachineSetup: Sendable {
    let cluster: ProxmoxCluster
    let settings: ProxmoxSettings

    private var client: ProxmoxClient { cluster.client }

    /// Applies the settings and grows the disk.
    ///
    /// - Returns: the configuration as it is now.
    func apply(_ resource: Resource, _ vmid: Int, on node: String, size: HostSize, address: String?, key: String) async throws
        -> MachineConfig
    {
        let path = ["nodes", node, "qemu", "\(vmid)", "config"]
        let before = try await config(vmid, node)
        let changes = MachineChanges(
            resource, size: size, address: address, key: key, settings: settings, isRoot: client.caller.isRoot, over: before)
        try await client.change(ProxmoxRequest(.set, path, changes.parameters))
        let after = try await config(vmid, node)
        let missed = changes.missed(in: after)
        guard missed.isEmpty else {
            throw ProxmoxFault(
                request: "PUT /\(path.joined(separator: "/"))",
                message: "the server reported success but did not apply: \(missed.joined(separator: ", "))", kind: .fatal)
        }
        if let disk = size.disk { try await grow(after, to: disk, vmid, node) }
        return after
    }

    private func config(_ vmid: Int, _ node: String) async throws -> MachineConfig {
        guard let value = try await cluster.config(vmid, on: node) else {
            throw ProxmoxFault(request: "VM \(vmid)", status: 500, message: "its configuration does not exist any more", kind: .transient)
        }
        return MachineConfig(value)
    }

    private func grow(_ config: MachineConfig, to bytes: Int, _ vmid: Int, _ node: String) async throws {
        guard let place = config.bootDisk, let drive = config.drives[place] else {
            throw ProxmoxFault(
                request: "VM \(vmid)", message: "its boot order names no disk: \(config["boot"] ?? "none is set")", kind: .fatal)
        }
        // A disk never shrinks. A bigger one than asked for is fine.
        guard (drive.size ?? 0) < bytes else { return }
        let request = ProxmoxRequest(
            .set, ["nodes", node, "qemu", "\(vmid)", "resize"], ["disk": .string(place), "size": .string(Self.text(bytes))])
        try await client.change(request)
        // `qm resize` has been seen to succeed without doing anything.
        let now = try await self.config(vmid, node).drives[place]?.size ?? 0
        guard now >= bytes else {
            throw ProxmoxFault(
                request: request.display,
                message: "the task succeeded, but \(place) is still \(ByteSize.brief(now)) instead of \(ByteSize.brief(bytes))",
                kind: .fatal)
        }
    }

    /// A size in the largest unit that it is a multiple of: the server accepts no bytes here.
    static func text(_ bytes: Int) -> String {
        if bytes % (1 << 30) == 0 { return "\(bytes >> 30)G" }
        if bytes % (1 << 20) == 0 { return "\(bytes >> 20)M" }
        return "\((bytes + 1023) >> 10)K"
    }
}
