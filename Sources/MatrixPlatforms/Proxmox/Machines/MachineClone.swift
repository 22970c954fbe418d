import MatrixCore

/// Makes a machine from a template under an id of our own, and finds out what became of a clone whose reply was lost.
struct MachineClone: Sendable {
    let cluster: ProxmoxCluster
    let claims: ProxmoxClaims
    let removal: MachineRemoval
    let settings: ProxmoxSettings
    let turnstiles: Turnstiles

    private var client: ProxmoxClient { cluster.client }

    /// What a look at the server says after a clone that did not end well.
    private enum Outcome {
        case ours
        /// Somebody else has the id.
        case taken
        /// Nothing is there, and nothing is on its way.
        case nothing
        /// Ours, and its worker is dead.
        case broken
    }

    /// Clones and returns the new machine's id, which is claimed.
    func make(_ resource: Resource, from template: Template) async throws -> Int {
        var avoided: Set<Int> = []
        var last: ProxmoxFault?
        for attempt in 1...client.pace.cloneTries {
            let vmid = try await claimID(for: resource, avoiding: avoided)
            avoided.insert(vmid)
            do {
                try await clone(template, to: vmid, resource)
                return vmid
            } catch let fault as ProxmoxFault {
                last = fault
                if try await settle(fault, vmid, resource, template) { return vmid }
            }
            try await Task.sleep(for: client.pace.retry.pause(before: attempt))
        }
        throw (last ?? ProxmoxFault(request: "clone", message: "no id was free")).error(what(resource, template))
    }

    private func what(_ resource: Resource, _ template: Template) -> String { "cloning template \(template.name) (\(template.vmid)) to \(resource.name)" }

    private func claimID(for resource: Resource, avoiding avoided: Set<Int>) async throws -> Int {
        let used = try await fact("looking for a free VMID") { try await cluster.usedIDs() }
        let free = settings.vmids.filter { used[$0] == nil && !avoided.contains($0) }
        // A random beginning keeps machines with ledgers of their own from trying the same id at once.
        let start = free.isEmpty ? 0 : Int.random(in: 0..<free.count)
        for vmid in free[start...] + free[..<start] {
            if try await claims.claim(vmid, for: resource) { return vmid }
        }
        throw InfrastructureError(
            "no VMID for \(resource.name)", why: "all of \(settings.vmids.lowerBound)-\(settings.vmids.upperBound) are in use or claimed",
            next: "widen vmids, or remove old machines: matrix reap", type: "matrix.proxmox.ids", isTransient: false)
    }

    private func clone(_ template: Template, to vmid: Int, _ resource: Resource) async throws {
        let request = request(template, vmid, resource)
        // The template's lock is waited for only one second, so few clones of one at once.
        try await turnstiles.of("\(template.node)/\(template.vmid)").pass {
            _ = try await client.change(request)
        }
    }

    func request(_ template: Template, _ vmid: Int, _ resource: Resource) -> ProxmoxRequest {
        var parameters: [String: Value] = [
            "newid": .int(vmid), "name": .string(resource.name), "description": .string(Ownership.description(resource)),
            "full": settings.clone == .full ? 1 : 0,
        ]
        if let pool = settings.pool { parameters["pool"] = .string(pool) }
        // A linked clone lies where its template lies; the server refuses to be told.
        if settings.clone == .full, let storage = settings.storage { parameters["storage"] = .string(storage) }
        return ProxmoxRequest(.create, ["nodes", template.node, "qemu", "\(template.vmid)", "clone"], parameters)
    }

    /// - Returns: true where the machine is there and ours; false where the clone is to be tried again under another id.
    private func settle(_ fault: ProxmoxFault, _ vmid: Int, _ resource: Resource, _ template: Template) async throws -> Bool {
        switch try await outcome(of: fault, vmid, resource, template) {
        case .ours: return true
        case .taken:
            await claims.release(vmid: vmid)
            return false
        case .broken:
            // It has the name that the next try will have: nothing of it may stay.
            var remains = resource
            remains.id = "\(vmid)"
            remains.details["node"] = template.node
            try await removal.remove(remains)
        case .nothing:
            // After a lost reply the claim stays, as the request may still arrive; the end of the machine gives it back.
            if !fault.isWithoutReply { await claims.release(vmid: vmid) }
        }
        guard fault.kind == .transient || fault.kind == .unreachableNode || isLock(fault) else { throw fault.error(what(resource, template)) }
        return false
    }

    private func isLock(_ fault: ProxmoxFault) -> Bool { if case .locked = fault.kind { true } else { false } }

    private func outcome(of fault: ProxmoxFault, _ vmid: Int, _ resource: Resource, _ template: Template) async throws -> Outcome {
        if fault.kind == .exists, fault.status != nil || fault.task != nil {
            // After a lost reply the same words would mean our own first request; but every try has an id of its own.
            return .taken
        }
        guard fault.isWithoutReply || fault.task != nil else { return .nothing }
        return try await fact(what(resource, template)) { try await look(vmid, resource, template, patiently: fault.isWithoutReply) }
    }

    private func look(_ vmid: Int, _ resource: Resource, _ template: Template, patiently: Bool) async throws -> Outcome {
        let deadline = ContinuousClock.now + client.pace.lockPatience
        var looks = 0
        while true {
            looks += 1
            let isCloning = try await client.isActive("qmclone", subject: template.vmid, on: template.node)
            if let config = try await cluster.config(vmid, on: template.node).map(MachineConfig.init) {
                let isLocked = config.lock == "clone" || config.lock == "create"
                if !isLocked { return Ownership.isNamed(config.name, by: resource.run) && config.name == resource.name ? .ours : .taken }
                if !isCloning { return .broken }
            } else if !isCloning, !patiently || looks >= 3 {
                return .nothing
            }
            if ContinuousClock.now > deadline { return .nothing }
            try await Task.sleep(for: client.pace.poll.pause(before: looks))
        }
    }
}

/// Runs `work` and says what it was for where the server did not do it.
func fact<R>(_ what: @autoclosure () -> String, _ work: () async throws -> R) async throws -> R {
    do {
        return try await work()
    } catch let fault as ProxmoxFault {
        throw fault.error(what())
    }
}
