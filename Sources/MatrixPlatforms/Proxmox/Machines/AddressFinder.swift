import MatrixCore

/// Learns the address of a machine that runs: from its guest agent, or from the node's neighbour table and DHCP leases.
struct AddressFinder: Sendable {
    /// An address and whether the agent gave it, who then answers for other things as well.
    struct Found: Sendable, Hashable {
        var address: String
        var isFromAgent: Bool
    }

    let cluster: ProxmoxCluster
    let shell: NodeShell?
    let settings: ProxmoxSettings
    /// At most two agent calls at once on a node: an absent agent holds one of its three workers.
    let turnstiles: Turnstiles

    private var client: ProxmoxClient { cluster.client }

    /// Looks until the address is there or the surrounding task ends.
    func find(_ vmid: Int, on node: String, _ config: MachineConfig, waiting: @Sendable (String) -> Void) async throws -> Found {
        guard let hardware = config.hardwareAddress else {
            throw InfrastructureError("no address for VM \(vmid)", why: "it has no network card net0", next: "give the template a net0", isTransient: false)
        }
        var agent = try startingAgent(vmid, config)
        let begun = ContinuousClock.now
        for round in 1... {
            var reasons: [String] = []
            if agent, let address = try await askAgent(vmid, node, hardware, &agent, &reasons) { return Found(address: address, isFromAgent: true) }
            if asksNeighbours(agent, since: begun), let address = try await askNeighbours(hardware, round, &reasons) {
                return Found(address: address, isFromAgent: false)
            }
            guard agent || shell != nil else { throw Self.nothingLeft(vmid, reasons) }
            try await checkStillRuns(vmid, node, round)
            waiting(reasons.joined(separator: "; "))
            try await Task.sleep(for: client.pace.agent.pause(before: round))
        }
        throw CancellationError()
    }

    /// Whether the agent is asked at all.
    private func startingAgent(_ vmid: Int, _ config: MachineConfig) throws -> Bool {
        if settings.address == .neighbour { return false }
        if config.hasAgent { return true }
        if settings.address == .agent || shell == nil { throw Self.nothingLeft(vmid, ["its configuration has no guest agent"]) }
        return false
    }

    private func asksNeighbours(_ agent: Bool, since begun: ContinuousClock.Instant) -> Bool {
        guard shell != nil, settings.address != .agent else { return false }
        return !agent || ContinuousClock.now - begun >= client.pace.agentPatience
    }

    private func askAgent(_ vmid: Int, _ node: String, _ hardware: String, _ agent: inout Bool, _ reasons: inout [String]) async throws -> String? {
        let request = ProxmoxRequest(.get, ["nodes", node, "qemu", "\(vmid)", "agent", "network-get-interfaces"])
        do {
            // Sent once: the loop around is the repetition.
            let answer = try await turnstiles.of(node).pass { try await client.caller.send(request) }
            if let address = Self.address(in: answer, of: hardware) { return address }
            reasons.append("the guest agent knows no address yet")
        } catch let fault as ProxmoxFault {
            try judge(fault, vmid, &agent)
            reasons.append("guest agent: \(fault.message)")
        }
        return nil
    }

    private func judge(_ fault: ProxmoxFault, _ vmid: Int, _ agent: inout Bool) throws {
        switch fault.kind {
        case .privilege, .credentials, .certificate, .missing:
            guard shell != nil, settings.address == .auto, case .privilege = fault.kind else { throw fault.error("asking the guest agent of VM \(vmid)") }
            agent = false
        default:
            guard fault.isAgentUnconfigured else { return }
            agent = false
            if settings.address == .agent || shell == nil { throw Self.nothingLeft(vmid, [fault.message]) }
        }
    }

    private static func nothingLeft(_ vmid: Int, _ reasons: [String]) -> InfrastructureError {
        InfrastructureError(
            "no address for VM \(vmid)", why: reasons.joined(separator: "; "),
            next: "switch the agent on in the template (qm set TEMPLATE --agent 1, qemu-guest-agent in the guest), or give addresses: or ssh: in the platform's settings",
            type: "matrix.proxmox.address", isTransient: false)
    }

    /// The address of the network card with this hardware address: IPv4 first, neither loopback nor link-local.
    static func address(in answer: Value, of hardware: String) -> String? {
        guard case .list(let cards) = answer["result"] ?? answer else { return nil }
        let ours = cards.filter { $0["hardware-address"]?.string?.lowercased() == hardware && $0["name"]?.string != "lo" }
        let addresses = ours.flatMap { card -> [Value] in if case .list(let all) = card["ip-addresses"] { all } else { [] } }
        func first(_ type: String) -> String? {
            addresses.filter { $0["ip-address-type"]?.string == type }.compactMap { $0["ip-address"]?.string }.first(where: isUsable)
        }
        return first("ipv4") ?? first("ipv6")
    }

    static func isUsable(_ address: String) -> Bool {
        let text = address.lowercased()
        if text.contains(":") {
            let start = Int(text.prefix { $0 != ":" }, radix: 16) ?? 0
            return text != "::1" && start & 0xffc0 != 0xfe80
        }
        return text != "127.0.0.1" && !text.hasPrefix("169.254.")
    }

    /// A machine that halted by itself never gets an address.
    private func checkStillRuns(_ vmid: Int, _ node: String, _ round: Int) async throws {
        guard round % 5 == 0 else { return }
        let isRunning = try await fact("looking at VM \(vmid)") { try await cluster.isRunning(vmid, on: node) }
        if isRunning { return }
        throw InfrastructureError(
            "VM \(vmid) stopped while it was waited for", why: "its system halted or its process died", next: "look at its console or at the node's log",
            type: "matrix.proxmox.stopped")
    }

    private func askNeighbours(_ hardware: String, _ round: Int, _ reasons: inout [String]) async throws -> String? {
        guard let shell else { return nil }
        do {
            let script = NeighbourTable.script(bridge: settings.bridge ?? "vmbr0", wakes: round % 3 == 1)
            let result = try await shell.run(.script(script, timeout: .seconds(30)))
            if let address = NeighbourTable.address(of: hardware, in: result.output) { return address }
            reasons.append("the node's neighbour table does not know \(hardware)")
        } catch let error as InfrastructureError where error.isTransient {
            reasons.append("\(error.what): \(error.why)")
        }
        return nil
    }
}
