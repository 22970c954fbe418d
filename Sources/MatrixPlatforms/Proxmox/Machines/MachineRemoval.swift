import MatrixCore

/// Removes a machine and proves it: its configuration and all its volumes are gone.
struct MachineRemoval: Sendable {
    let cluster: ProxmoxCluster
    let claims: ProxmoxClaims
    let shell: NodeShell?
    let settings: ProxmoxSettings

    private static let tries = 5
    private var client: ProxmoxClient { cluster.client }

    /// Removes the resource's machine, and all others that lost replies left for the same resource.
    ///
    /// A machine without the run's mark is left alone, even if the id is the same.
    func remove(_ resource: Resource) async throws {
        try await mappingProxmoxFaults("removing VM \(resource.id.unlessEmpty ?? resource.name) (\(resource.name))") {
            var vmids = Set([Int(resource.id)].compactMap(\.self))
            let named = try await cluster.machines().filter {
                !$0.isTemplate && $0.name == resource.name && Ownership.isNamed($0.name, by: resource.run)
            }
            vmids.formUnion(named.map(\.vmid))
            for vmid in vmids.sorted() {
                let node = named.first { $0.vmid == vmid }?.node ?? resource.details["node"]
                try await remove(vmid, first: node, resource)
            }
        }
    }

    private func remove(_ vmid: Int, first node: String?, _ resource: Resource) async throws {
        var storages = Set(
            [settings.storage, resource.details["storages"]].compactMap(\.self).flatMap { $0.split(separator: ",").map(String.init) })
        var address = resource.details["address"]
        var lastNode = node ?? settings.nodes[0]
        if let there = try await cluster.find(vmid, first: node) {
            guard let (found, config) = try await settled(vmid, there, resource) else {
                return await claims.release(vmid: vmid, of: resource)
            }
            lastNode = found
            address = config.staticAddress ?? address
            storages.formUnion(config.storages)
            try await takeDown(vmid, on: found, config)
        }
        for storage in storages.sorted() { try await removeVolumes(of: vmid, on: storage, node: lastNode) }
        if let address { await claims.release(address: address) }
        await claims.release(vmid: vmid, of: resource)
    }

    /// Waits for the task that holds a machine, then decides whose it is: during cloning the configuration does not say.
    ///
    /// - Returns: its node and configuration; nil if it belongs to somebody else or is gone.
    /// - Throws: `ProxmoxFault` if its owner is unknown, or if a lock stays.
    private func settled(_ vmid: Int, _ first: (node: String, config: Value), _ resource: Resource) async throws -> (
        node: String, config: MachineConfig
    )? {
        var there = first
        let deadline = ContinuousClock.now + client.pace.lockPatience
        for look in 1... {
            let standing = try await claims.standing(of: vmid, there.config, for: resource.run)
            if standing == .others { return nil }
            let isHeld = try await isHeld(MachineConfig(there.config).lock, vmid, there.node)
            // Read it again after the task's end: cloning sets the name and the protection late.
            guard let now = try await cluster.find(vmid, first: there.node) else { return nil }
            if !isHeld, now.config == there.config {
                guard standing == .ours else { throw Self.unknown(vmid, there.node) }
                return (there.node, MachineConfig(there.config))
            }
            there = now
            if ContinuousClock.now > deadline {
                let lock = MachineConfig(there.config).lock ?? "config"
                let message = "VM is still locked (\(lock)) after \(client.pace.lockPatience.brief)"
                throw ProxmoxFault(request: "VM \(vmid)", status: 500, message: message, kind: .locked(lock))
            }
            try await Task.sleep(for: client.pace.poll.pause(before: look))
        }
        return nil
    }

    private static func unknown(_ vmid: Int, _ node: String) -> ProxmoxFault {
        ProxmoxFault(
            request: "VM \(vmid) on \(node)",
            message: "it has no name and its clone task is dead: it may belong to this run or to somebody else, so it is not removed. "
                + "Look at it on \(node): qm config \(vmid); if nobody needs it: "
                + "qm unlock \(vmid) && qm destroy \(vmid) --destroy-unreferenced-disks 1",
            kind: .fatal)
    }

    private func takeDown(_ vmid: Int, on node: String, _ config: MachineConfig) async throws {
        let isUnlocked = if let lock = config.lock { try await breakLock(lock, vmid, node) } else { true }
        if config.isProtected { try await client.change(ProxmoxRequest(.set, path(node, vmid) + ["config"], ["protection": 0])) }
        try await MachinePower(cluster: cluster).stop(vmid, on: node)
        var parameters: [String: Value] = ["purge": 1, "destroy-unreferenced-disks": 1]
        if !isUnlocked { parameters["skiplock"] = 1 }
        try await destroy(ProxmoxRequest(.delete, path(node, vmid), parameters), vmid, node)
    }

    private func path(_ node: String, _ vmid: Int) -> [String] { ["nodes", node, "qemu", "\(vmid)"] }

    /// Whether a lock's task may be alive. This program only makes clone and create tasks, and can see them with its privileges. Other
    /// locks (a backup, a migration) are never broken: it waits until they are released.
    private func isHeld(_ lock: String?, _ vmid: Int, _ node: String) async throws -> Bool {
        switch lock {
        case nil: false
        // The task of a clone names the template, not the new machine.
        case "clone": try await client.isActive("qmclone", subject: nil, on: node)
        case "create": try await client.isActive("qmcreate", subject: vmid, on: node)
        default: true
        }
    }

    /// Removes a lock whose owner is dead. Such a lock never goes away by itself.
    ///
    /// - Returns: false if the lock is still there, but root may ignore it.
    private func breakLock(_ lock: String, _ vmid: Int, _ node: String) async throws -> Bool {
        if let shell {
            let result = try await shell.run(Command(["qm", "unlock", "\(vmid)"], timeout: .seconds(60)))
            if result.succeeded { return true }
        }
        if client.caller.isRoot { return false }
        throw ProxmoxFault(
            request: "VM \(vmid) on \(node)",
            message:
                "a dead task still holds its lock (\(lock)), and the API lets no token remove a lock: run on \(node): qm unlock \(vmid)",
            kind: .locked(lock))
    }

    private func destroy(_ request: ProxmoxRequest, _ vmid: Int, _ node: String) async throws {
        for attempt in 1... {
            do {
                try await client.change(request)
            } catch let fault as ProxmoxFault {
                if fault.kind == .missing { return }
                guard fault.kind == .transient || fault.kind == .unreachableNode, attempt < Self.tries else {
                    if try await cluster.config(vmid, on: node) == nil { return }
                    throw fault
                }
            }
            // The reply proves nothing: only a missing configuration proves that the machine is gone.
            if try await cluster.config(vmid, on: node) == nil { return }
            if attempt >= Self.tries {
                throw ProxmoxFault(request: request.display, message: "the task succeeded, but VM \(vmid) still exists", kind: .transient)
            }
            try await Task.sleep(for: client.pace.retry.pause(before: attempt))
        }
    }

    /// Removes volumes that a destroyed machine left behind, and reports those that stay.
    private func removeVolumes(of vmid: Int, on storage: String, node: String) async throws {
        for attempt in 1... {
            let volumes = try await self.volumes(of: vmid, on: storage, node: node)
            // If another machine has the id by now, these volumes may belong to it.
            if volumes.isEmpty { return }
            if try await cluster.find(vmid, first: node) != nil { return }
            var last: ProxmoxFault?
            for volume in volumes {
                do {
                    try await client.change(ProxmoxRequest(.delete, ["nodes", node, "storage", storage, "content", volume]))
                } catch let fault as ProxmoxFault {
                    last = fault
                }
            }
            let left = try await self.volumes(of: vmid, on: storage, node: node)
            if left.isEmpty { return }
            if attempt >= 3 || last.map({ $0.kind != .transient }) ?? false { throw Self.leftBehind(left, last) }
            try await Task.sleep(for: client.pace.retry.pause(before: attempt))
        }
    }

    private func volumes(of vmid: Int, on storage: String, node: String) async throws -> [String] {
        do {
            let entries = try await client.list(["nodes", node, "storage", storage, "content"], ["vmid": .int(vmid)])
            return entries.filter { $0["vmid"]?.text == "\(vmid)" && $0["content"]?.string ?? "images" == "images" }.compactMap {
                $0["volid"]?.string
            }.sorted()
        } catch let fault as ProxmoxFault where fault.message.contains("storage '") && fault.message.contains("does not exist") {
            return []
        }
    }

    private static func leftBehind(_ volumes: [String], _ fault: ProxmoxFault?) -> ProxmoxFault {
        let commands = volumes.map { "pvesm free \($0)" }.joined(separator: " && ")
        let why = fault.map { " (\($0.message))" } ?? ""
        return ProxmoxFault(
            request: fault?.request ?? "DELETE content", status: fault?.status,
            message:
                "the machine is gone, but its volumes could not be removed: \(volumes.joined(separator: ", "))\(why); "
                + "remove them on the node: \(commands)",
            task: fault?.task, kind: fault?.kind ?? .transient)
    }
}
