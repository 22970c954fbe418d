import MatrixCore

/// Starts and stops a machine. Only its status counts as proof.
struct MachinePower: Sendable {
    let cluster: ProxmoxCluster

    private static let tries = 5

    /// Starts a machine, unless it already runs.
    func start(_ vmid: Int, on node: String) async throws {
        try await reach(running: true, vmid, node) { ProxmoxRequest(.create, ["nodes", node, "qemu", "\(vmid)", "status", "start"]) }
    }

    /// Stops a machine at once, without asking its system.
    func stop(_ vmid: Int, on node: String) async throws {
        try await reach(running: false, vmid, node) { ProxmoxRequest(.create, ["nodes", node, "qemu", "\(vmid)", "status", "stop"]) }
    }

    /// Asks the system to shut down, and stops the machine if it still runs after one minute.
    func shutDown(_ vmid: Int, on node: String) async throws {
        try await reach(running: false, vmid, node) {
            ProxmoxRequest(.create, ["nodes", node, "qemu", "\(vmid)", "status", "shutdown"], ["timeout": 60, "forceStop": 1])
        }
    }

    private func reach(running: Bool, _ vmid: Int, _ node: String, _ request: () -> ProxmoxRequest) async throws {
        let pace = cluster.client.pace
        for attempt in 1... {
            if try await cluster.isRunning(vmid, on: node) == running { return }
            do {
                try await cluster.client.change(request())
                if try await cluster.isRunning(vmid, on: node) == running { return }
                if attempt >= Self.tries {
                    throw ProxmoxFault(
                        request: request().display,
                        message: "the task succeeded, but the machine is still \(running ? "stopped" : "running")", kind: .transient)
                }
            } catch let fault as ProxmoxFault {
                // The reply proves nothing: a start that timed out may have started the machine.
                if try await cluster.isRunning(vmid, on: node) == running { return }
                guard fault.kind == .transient || fault.kind == .unreachableNode, attempt < Self.tries else { throw fault }
            }
            try await Task.sleep(for: pace.retry.pause(before: attempt))
        }
    }
}
