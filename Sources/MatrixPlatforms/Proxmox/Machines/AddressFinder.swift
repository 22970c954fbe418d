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
    let semaphores: KeyedSemaphores
    /// Whether there is an agent in the guest, as far as its system's entry in the catalogue says.
    let hasGuestAgent: Bool?
    /// How long the machine may take to come up.
    let limit: Duration
    /// The time since the machine started; nil for a clock that begins with the search.
    var age: (@Sendable () -> Duration)?

    /// The agent is asked alone for so long where the node can be asked as well: it also has the host keys.
    private static let headStart = Duration.seconds(60)
    /// Where nothing else tells the address: a Debian in emulation, without KVM on a busy machine, needs two minutes to its login.
    private static let lastPatience = Duration.seconds(300)

    private var client: ProxmoxClient { cluster.client }

    /// Whether the node's shell can tell addresses as well.
    private var asksNode: Bool { shell != nil && settings.address != .agent }

    /// How long a silent agent is waited for before the node is asked as well, or, where it cannot be, before the machine is given up.
    private var patience: Duration {
        if asksNode { return settings.agentPatience ?? (hasGuestAgent == false ? .zero : Self.headStart) }
        // Before the time is up: after that nobody would read why.
        return min(settings.agentPatience ?? Self.lastPatience, limit * 0.9)
    }

    /// What a call of the agent says.
    private enum Answer {
        case address(String)
        /// There is an agent, but it has no address yet.
        case words(String)
        case silence(String)
        /// It is not to be asked again.
        case closed(String)
        /// The call did not get as far as the agent.
        case trouble(String)
    }

    /// Looks until the address is there, the machine is given up or the surrounding task ends.
    func find(_ vmid: Int, on node: String, _ config: MachineConfig, waiting: @Sendable (String) -> Void) async throws -> Found {
        guard let hardware = config.hardwareAddress else {
            throw InfrastructureError("no address for VM \(vmid)", why: "it has no network card net0", next: "give the template a net0", isTransient: false)
        }
        let began = ContinuousClock.now
        let age = age ?? { ContinuousClock.now - began }
        var asksAgent = try startingAgent(vmid, config)
        // An agent that once said something will say more, however long that takes.
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

    /// Whether the agent is asked at all.
    private func startingAgent(_ vmid: Int, _ config: MachineConfig) throws -> Bool {
        if settings.address == .neighbour { return false }
        if config.hasAgent { return true }
        guard asksNode else { throw nothingLeft(vmid, ["its configuration has no guest agent"]) }
        return false
    }

    private func askAgent(_ vmid: Int, _ node: String, _ hardware: String) async throws -> Answer {
        let request = ProxmoxRequest(.get, ["nodes", node, "qemu", "\(vmid)", "agent", "network-get-interfaces"])
        do {
            // Sent once: the loop around is the repetition.
            let answer = try await semaphores[node].withPermit { try await client.caller.send(request) }
            return Self.address(in: answer, of: hardware).map { .address($0) } ?? .words("the guest agent knows no address yet")
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
            next: "switch the agent on in the template (qm set TEMPLATE --agent 1, with qemu-guest-agent in the guest); or \(AddressSources(settings: settings).ways)",
            type: .proxmoxAddress, isTransient: false)
    }

    /// The same again would be as silent: no retry.
    private func noAgent(_ vmid: Int) -> InfrastructureError {
        InfrastructureError(
            "no address for VM \(vmid)",
            why: "the guest has no qemu-guest-agent: it was silent for \(patience.brief) since the machine started, and nothing else can tell the address. "
                + "Cloud images of Debian and Ubuntu have none inside, and agent 1 in the machine's configuration only opens the channel to one",
            next: "\(AddressSources(settings: settings).ways); or install qemu-guest-agent in the template; if the guest only needs longer to boot, raise agent_patience "
                + "(and timeouts.create above it)",
            type: .proxmoxAgent, isTransient: false)
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
    private func checkRuns(_ vmid: Int, _ node: String) async throws {
        let isRunning = try await mappingProxmoxFaults("looking at VM \(vmid)") { try await cluster.isRunning(vmid, on: node) }
        if isRunning { return }
        throw InfrastructureError(
            "VM \(vmid) stopped while it was waited for", why: "its system halted or its process died", next: "look at its console or at the node's log",
            type: .proxmoxStopped)
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
