import MatrixCore

/// Finds the address of a running machine: from its guest agent, or from the node's neighbour table and DHCP leases.
struct AddressFinder: Sendable {
    /// An address, and whether the agent reported it: then the agent also answers other questions.
    struct Found: Sendable, Hashable {
        var address: String
        var isFromAgent: Bool
    }

    let cluster: ProxmoxCluster
    let shell: NodeShell?
    let settings: ProxmoxSettings
    /// At most two agent calls at once per node: a call to an absent agent blocks one of its three workers.
    let semaphores: KeyedSemaphores
    /// Whether the guest has an agent, according to its template's notes and its system's entry in the catalogue.
    let hasGuestAgent: Bool?
    /// How long the machine may take to boot.
    let limit: Duration
    /// The time since the machine started; nil: the clock starts with the search.
    var age: (@Sendable () -> Duration)?

    /// For this long only the agent is asked, even if the node could be asked too: the agent also has the host keys.
    private static let headStart = Duration.seconds(60)
    /// If only the agent can report the address: a Debian without KVM on a busy machine needs two minutes to its login.
    private static let lastPatience = Duration.seconds(300)
    /// The same for a guest that should have no agent. A person may have installed one: with KVM it answers in this time.
    private static let shortPatience = Duration.seconds(90)

    private var client: ProxmoxClient { cluster.client }

    /// Whether the node's shell can also be asked for addresses.
    private var asksNode: Bool { shell != nil && settings.address != .agent }

    /// How long to wait for a silent agent before the node is asked too or, if it cannot be asked, before the machine is given up.
    private var patience: Duration {
        if asksNode { return settings.agentPatience ?? (hasGuestAgent == false ? .zero : Self.headStart) }
        // Shorter than the timeout: the timeout would hide the reason.
        return min(settings.agentPatience ?? (hasGuestAgent == false ? Self.shortPatience : Self.lastPatience), limit * 0.9)
    }

    /// The result of a call to the agent.
    private enum Answer {
        case address(String)
        /// There is an agent, but it has no address yet.
        case words(String)
        case silence(String)
        /// Asking it again is of no use.
        case closed(String)
        /// The call did not reach the agent.
        case trouble(String)
    }

    /// Searches until the address is found, the machine is given up or the surrounding task ends.
    func find(_ vmid: Int, on node: String, _ config: MachineConfig, waiting: @Sendable (String) -> Void) async throws -> Found {
        guard let hardware = config.hardwareAddress else {
            throw InfrastructureError(
                "no address for VM \(vmid)", why: "it has no network card net0", next: "give the template a net0", isTransient: false)
        }
        let began = ContinuousClock.now
        let age = age ?? { ContinuousClock.now - began }
        var asksAgent = try startingAgent(vmid, config)
        // An agent that has answered once will answer again, so there is no limit.
        var mayBeAbsent = true
        for round in 1... {
            var reasons: [String] = []
            var isSilent = false
            if asksAgent {
                switch try await askAgent(vmid, node, hardware) {
                case .address(let address): return Found(address: address, isFromAgent: true)
                case .words(let reason): (mayBeAbsent, reasons) = (false, [reason])
                case .silence(let reason): (isSilent, reasons) = (true, [reason])
                case .closed(let reason): (asksAgent, reasons) = (false, [reason])
                case .trouble(let reason): reasons = [reason]
                }
            }
            let isOverdue = age() >= patience
            if asksNode, !asksAgent || isOverdue, let address = try await askNeighbours(hardware, round, &reasons) {
                return Found(address: address, isFromAgent: false)
            }
            guard asksAgent || asksNode else { throw nothingLeft(vmid, reasons) }
            let isGivenUp = isOverdue && isSilent && mayBeAbsent && !asksNode
            if isGivenUp || round % 5 == 0 { try await checkRuns(vmid, node) }
            if isGivenUp { throw noAgent(vmid) }
            waiting(reasons.joined(separator: "; "))
            try await Task.sleep(for: client.pace.agent.pause(before: round))
        }
        throw CancellationError()
    }

    /// Whether the agent is asked.
    private func startingAgent(_ vmid: Int, _ config: MachineConfig) throws -> Bool {
        if settings.address == .neighbour { return false }
        if config.hasAgent { return true }
        guard asksNode else { throw nothingLeft(vmid, ["its configuration has no guest agent"]) }
        return false
    }

    private func askAgent(_ vmid: Int, _ node: String, _ hardware: String) async throws -> Answer {
        let request = ProxmoxRequest(.get, ["nodes", node, "qemu", "\(vmid)", "agent", "network-get-interfaces"])
        do {
            // Sent once: the loop outside retries.
            let answer = try await semaphores[node].withPermit { try await client.caller.send(request) }
            return Self.address(in: answer, of: hardware).map { .address($0) } ?? .words("the guest agent reports no address yet")
        } catch let fault as ProxmoxFault {
            return try judge(fault, vmid)
        }
    }

    private func judge(_ fault: ProxmoxFault, _ vmid: Int) throws -> Answer {
        let reason = "guest agent: \(fault.message)"
        switch fault.kind {
        case .privilege where asksNode && settings.address == .auto: return .closed(reason)
        case .privilege, .credentials, .certificate, .missing: throw fault.error("asking the guest agent of VM \(vmid)")
        default:
            if fault.isAgentUnconfigured { return .closed(reason) }
            if fault.isAgentSilent { return .silence(reason) }
            return fault.isFromAgent ? .words(reason) : .trouble(reason)
        }
    }

    private func nothingLeft(_ vmid: Int, _ reasons: [String]) -> InfrastructureError {
        InfrastructureError(
            "no address for VM \(vmid)", why: reasons.joined(separator: "; "),
            next:
                "switch on the agent in the template (qm set TEMPLATE --agent 1, with qemu-guest-agent in the guest); "
                + "or \(settings.addressAdvice)",
            type: .proxmoxAddress, isTransient: false)
    }

    /// A retry would find the same silence: so the error is not transient.
    private func noAgent(_ vmid: Int) -> InfrastructureError {
        InfrastructureError(
            "no address for VM \(vmid)",
            why: "the guest has no qemu-guest-agent: it did not answer within \(patience.brief) after the start, "
                + "and nothing else can report the address. "
                + "Cloud images of Debian and Ubuntu contain none, and agent 1 in the machine's configuration only opens the channel to it",
            next:
                "\(settings.addressAdvice); or build a template with the agent: matrix template build --os NAME --platform FILE; "
                + "if the guest only boots slowly, raise agent_patience (and timeouts.create above it)",
            type: .proxmoxAgent, isTransient: false)
    }

    /// The address of the network card with this hardware address: IPv4 first, no loopback and no link-local address.
    static func address(in answer: Value, of hardware: String) -> String? {
        let ours = (answer["result"] ?? answer).elements.filter {
            $0["hardware-address"]?.string?.lowercased() == hardware && $0["name"]?.string != "lo"
        }
        let addresses = ours.flatMap { $0["ip-addresses"]?.elements ?? [] }
        func first(_ type: String) -> String? {
            addresses.filter { $0["ip-address-type"]?.string == type }.compactMap { $0["ip-address"]?.string }.first(where: isUsable)
        }
        return first("ipv4") ?? first("ipv6")
    }

    /// Whether it is an address by which this machine may reach the guest. The guest's agent says it: it may be any text.
    static func isUsable(_ address: String) -> Bool {
        guard HostGrammar.isIPAddress(address) else { return false }
        let text = address.lowercased()
        if text.contains(":") {
            let start = Int(text.prefix { $0 != ":" }, radix: 16) ?? 0
            return text != "::1" && start & 0xffc0 != 0xfe80
        }
        return text != "127.0.0.1" && !text.hasPrefix("169.254.")
    }

    /// A machine that stopped by itself never gets an address.
    private func checkRuns(_ vmid: Int, _ node: String) async throws {
        let isRunning = try await mappingProxmoxFaults("looking at VM \(vmid)") { try await cluster.isRunning(vmid, on: node) }
        if isRunning { return }
        throw InfrastructureError(
            "VM \(vmid) stopped during the wait for its address", why: "its system shut down or its process died",
            next: "look at its console or at the node's log",
            type: .proxmoxStopped)
    }

    private func askNeighbours(_ hardware: String, _ round: Int, _ reasons: inout [String]) async throws -> String? {
        guard let shell else { return nil }
        do {
            let script = NeighbourTable.script(bridge: settings.bridge ?? "vmbr0", wakes: round % 3 == 1)
            let result = try await shell.run(.script(script, timeout: .seconds(30)))
            if let address = NeighbourTable.address(of: hardware, in: result.output) { return address }
            reasons.append("the node's neighbour table has no entry for \(hardware)")
        } catch let error as InfrastructureError where error.isTransient {
            reasons.append("\(error.what): \(error.why)")
        }
        return nil
    }
}

extension ProxmoxSettings {
    /// What to write so that `matrix` finds the address of a machine without a guest agent, ready to paste.
    var addressAdvice: String {
        let change = address == .agent ? "address: auto and " : ""
        return
            "write \(change)addresses: { range: 192.168.1.90-192.168.1.99/24, gateway: 192.168.1.1 } with free addresses of your network, "
            + "or \(change)ssh: { host: \(shell?.host ?? nodes[0]), user: root } for the node's DHCP leases and neighbour table"
    }
}
