import MatrixCore

/// What the API shows of a machine that did not come up: its last tasks with their logs, its state, whether its agent answers.
///
/// Of a serial console the API has no record: it only connects a terminal to it (`termproxy`), which shows what comes from then on.
struct ProxmoxEvidence: Sendable {
    let cluster: ProxmoxCluster

    private var client: ProxmoxClient { cluster.client }
    /// The tasks that are shown, and the lines of each.
    private static let (tasks, lines) = (4, 40)

    func all(of resource: Resource) async -> [Evidence] {
        guard let (vmid, node) = await place(of: resource) else { return [] }
        async let tasks = taskLogs(vmid, on: node)
        async let state = state(vmid, on: node)
        let seen = await state
        var found: [Evidence] = []
        if let log = await tasks { found.append(Evidence("tasks", text: log)) }
        if !seen.text.isEmpty { found.append(Evidence("state", text: seen.text, advice: seen.advice)) }
        // A machine whose tasks all ended well is explained by its state.
        return seen.isStopped ? found : found.reversed()
    }

    private func place(of resource: Resource) async -> (vmid: Int, node: String)? {
        if let vmid = Int(resource.id), let node = resource.details["node"] { return (vmid, node) }
        let machines = try? await cluster.machines()
        return machines?.first { $0.name == resource.name }.map { ($0.vmid, $0.node) }
    }

    private func taskLogs(_ vmid: Int, on node: String) async -> String? {
        let path = ["nodes", node, "tasks"]
        guard let list = try? await client.list(path, ["vmid": .int(vmid), "limit": .int(Self.tasks), "source": "all"]) else { return nil }
        var parts: [String] = []
        // The newest comes first in the list, and last here.
        for entry in list.prefix(Self.tasks).reversed() {
            guard let upid = entry["upid"]?.string, let task = ProxmoxTask(upid) else { continue }
            parts.append("task \(task.type): \(entry["status"]?.text ?? "still runs") (\(upid))")
            let log = try? await client.list(["nodes", task.node, "tasks", upid, "log"], ["start": .int(0), "limit": 500])
            parts += (log ?? []).compactMap { $0["t"]?.string }.suffix(Self.lines).map { "  \($0)" }
        }
        return parts.isEmpty ? nil : parts.joined(separator: "\n")
    }

    private struct Seen {
        var text = ""
        var advice: String?
        var isStopped = false
    }

    private func state(_ vmid: Int, on node: String) async -> Seen {
        let machine = ["nodes", node, "qemu", "\(vmid)"]
        async let current = client.get(machine + ["status", "current"])
        async let config = client.get(machine + ["config"])
        async let agent = client.caller.send(ProxmoxRequest(.get, machine + ["agent", "info"]))
        var seen = Seen()
        var lines: [String] = []
        let isAnswering = (try? await agent) != nil
        if let config = try? await config {
            for key in ["agent", "boot", "scsi0", "virtio0", "net0", "ipconfig0", "serial0", "vga"] {
                if let value = config[key] { lines.append("config \(key): \(value.text)") }
            }
            lines.append(
                config["serial0"] == nil
                    ? "serial console: the template has none; qm set \(vmid) --serial0 socket gives it one"
                    : "serial console: the API keeps no record of it; watch it on \(node): qm terminal \(vmid)")
        }
        if let current = try? await current {
            for key in ["status", "qmpstatus", "lock", "uptime", "cpu", "mem", "maxmem"] {
                if let value = current[key] { lines.append("\(key): \(value.text)") }
            }
            seen.isStopped = current["status"]?.string == "stopped"
            seen.advice = Self.advice(current, isAnswering: isAnswering, vmid, node)
        }
        lines.append("guest agent: \(isAnswering ? "answers" : "does not answer")")
        seen.text = lines.joined(separator: "\n")
        return seen
    }

    static func advice(_ current: Value, isAnswering: Bool, _ vmid: Int, _ node: String) -> String? {
        if let lock = current["lock"]?.string {
            return "VM \(vmid) is locked (\(lock)): wait for the task that holds it, or on \(node): qm unlock \(vmid)"
        }
        switch current["status"]?.string {
        case "stopped": return "VM \(vmid) does not run: see the log of its start task"
        case "running" where !isAnswering:
            return "VM \(vmid) runs, but nothing in it answers: see its console in the web interface, or on \(node): qm terminal \(vmid)"
        case "running":
            return "VM \(vmid) runs and its agent answers: see whether this machine reaches its network, and sshd's journal in it"
        default: return nil
        }
    }
}
