import MatrixCore

/// Clones a template to a VMID that we choose, and finds out the outcome of a clone whose reply was lost.
struct MachineClone: Sendable {
    let cluster: ProxmoxCluster
    let claims: ProxmoxClaims
    let removal: MachineRemoval
    let settings: ProxmoxSettings
    let semaphores: KeyedSemaphores

    private var client: ProxmoxClient { cluster.client }

    /// What the server shows after a failed clone.
    private enum Outcome {
        case ours
        /// Another machine has the id.
        case taken
        /// There is no machine, and no clone task runs.
        case nothing
        /// Our clone, and its worker is dead.
        case broken
    }

    /// Clones, and returns the new machine's id, which is claimed.
    func make(_ resource: Resource, at placement: Placement) async throws -> Int {
        let template = placement.template
        var avoided: Set<Int> = []
        var last: ProxmoxFault?
        for attempt in 1...client.pace.cloneTries {
            let vmid = try await claimID(for: resource, template, avoiding: avoided)
            avoided.insert(vmid)
            do {
                try await clone(placement, to: vmid, resource)
                return vmid
            } catch let fault as ProxmoxFault {
                last = fault
                if try await settle(fault, vmid, resource, template) { return vmid }
            }
            try await Task.sleep(for: client.pace.retry.pause(before: attempt))
        }
        throw (last ?? ProxmoxFault(request: "clone", message: "no id was free")).error(what(resource, template))
    }

    private func what(_ resource: Resource, _ template: GuestTemplate) -> String {
        "cloning template \(template.name) (\(template.vmid)) to \(resource.name)"
    }

    private func claimID(for resource: Resource, _ template: GuestTemplate, avoiding avoided: Set<Int>) async throws -> Int {
        let used = try await mappingProxmoxFaults("looking for a free VMID") { try await usedIDs(for: template) }
        let free = settings.vmids.filter { !used.contains($0) && !avoided.contains($0) }
        // A random start keeps runners with different ledgers from trying the same id at the same time.
        let start = free.isEmpty ? 0 : Int.random(in: 0..<free.count)
        for vmid in free[start...] + free[..<start] {
            if try await claims.claim(vmid, for: resource) { return vmid }
        }
        throw InfrastructureError(
            "no VMID for \(resource.name)", why: "all of \(settings.vmids.lowerBound)-\(settings.vmids.upperBound) are in use or claimed",
            next: "widen vmids, or remove old machines: matrix reap", type: .proxmoxIds, isTransient: false)
    }

    /// The ids of machines, and ids with old volumes on our storages: the server would remove those together with our machine.
    private func usedIDs(for template: GuestTemplate) async throws -> Set<Int> {
        var used = Set(try await cluster.usedIDs().keys)
        let storages = try await cluster.config(template.vmid, on: template.node).map { MachineConfig($0).storages } ?? []
        for storage in Set(storages + [settings.storage].compactMap(\.self)).sorted() {
            used.formUnion(try await cluster.volumeIDs(on: storage, node: template.node))
        }
        return used
    }

    private func clone(_ placement: Placement, to vmid: Int, _ resource: Resource) async throws {
        let request = request(placement, vmid, resource)
        // The server waits only one second for the template's lock, so few clones of one template run at once.
        try await semaphores["\(placement.template.node)/\(placement.template.vmid)"].withPermit {
            _ = try await client.change(request, accepted: { await claims.accepted(vmid, for: resource) })
        }
    }

    func request(_ placement: Placement, _ vmid: Int, _ resource: Resource) -> ProxmoxRequest {
        let template = placement.template
        var parameters: [String: Value] = [
            "newid": .int(vmid), "name": .string(resource.name), "description": .string(Ownership.description(resource)),
            "full": settings.clone == .full ? 1 : 0,
        ]
        if let pool = settings.pool { parameters["pool"] = .string(pool) }
        // A linked clone is always on its template's storage; the server refuses the parameter.
        if settings.clone == .full, let storage = settings.storage { parameters["storage"] = .string(storage) }
        if placement.node != template.node { parameters["target"] = .string(placement.node) }
        return ProxmoxRequest(.create, ["nodes", template.node, "qemu", "\(template.vmid)", "clone"], parameters)
    }

    /// - Returns: true if the machine exists and is ours; false if the clone must be tried again with another id.
    private func settle(_ fault: ProxmoxFault, _ vmid: Int, _ resource: Resource, _ template: GuestTemplate) async throws -> Bool {
        switch try await outcome(of: fault, vmid, resource, template) {
        case .ours: return true
        case .taken:
            await claims.release(vmid: vmid, of: resource)
            return false
        case .broken:
            // The next try uses the same name: so this machine must go first.
            var remains = resource
            remains.id = "\(vmid)"
            remains.details["node"] = template.node
            try await removal.remove(remains)
        case .nothing:
            // After a lost reply the claim stays, because the request may still arrive. Removing the machine releases it.
            if !fault.isWithoutReply { await claims.release(vmid: vmid, of: resource) }
        }
        guard fault.kind == .transient || fault.kind == .unreachableNode || isLock(fault) else {
            throw fault.error(what(resource, template))
        }
        return false
    }

    private func isLock(_ fault: ProxmoxFault) -> Bool { if case .locked = fault.kind { true } else { false } }

    private func outcome(of fault: ProxmoxFault, _ vmid: Int, _ resource: Resource, _ template: GuestTemplate) async throws -> Outcome {
        if fault.kind == .exists, fault.status != nil || fault.task != nil {
            // After a lost reply and a retry this could be our first request. But every try uses a new id.
            return .taken
        }
        guard fault.isWithoutReply || fault.task != nil else { return .nothing }
        return try await mappingProxmoxFaults(what(resource, template)) {
            try await look(vmid, resource, template, patiently: fault.isWithoutReply)
        }
    }

    private func look(_ vmid: Int, _ resource: Resource, _ template: GuestTemplate, patiently: Bool) async throws -> Outcome {
        let deadline = ContinuousClock.now + client.pace.lockPatience
        var looks = 0
        while true {
            looks += 1
            let isCloning = try await client.isActive("qmclone", subject: template.vmid, on: template.node)
            if let found = try await cluster.find(vmid, first: template.node)?.config {
                let config = MachineConfig(found)
                let isLocked = config.lock == "clone" || config.lock == "create"
                if !isLocked { return Ownership.run(of: found) == resource.run && config.name == resource.name ? .ours : .taken }
                if !isCloning { return .broken }
            } else if !isCloning, !patiently || looks >= 3 {
                return .nothing
            }
            if ContinuousClock.now > deadline { return .nothing }
            try await Task.sleep(for: client.pace.poll.pause(before: looks))
        }
    }
}

/// Runs `work`, and adds to a fault what was being done.
func mappingProxmoxFaults<R>(_ what: @autoclosure () -> String, _ work: () async throws -> R) async throws -> R {
    do {
        return try await work()
    } catch let fault as ProxmoxFault {
        throw fault.error(what())
    }
}
