import MatrixCore

/// Reads a machine's SSH host keys through its guest agent: nobody on the network can forge this channel.
struct HostKeyReader: Sendable {
    let cluster: ProxmoxCluster
    let semaphores: KeyedSemaphores

    private static let tries = 4

    /// The public keys. None if they cannot be read in time: then the first key that SSH sees is trusted.
    func keys(of vmid: Int, on node: String) async throws -> [String] {
        // The template may contain host keys. cloud-init makes new ones and then writes this file.
        guard try await waitForCloudInit(vmid, node) else { return [] }
        var keys: [String] = []
        for kind in ["ed25519", "ecdsa", "rsa"] {
            let text = try await read("/etc/ssh/ssh_host_\(kind)_key.pub", vmid, node) ?? ""
            let words = text.split(whereSeparator: \.isWhitespace).map(String.init)
            let key = words.prefix(2).joined(separator: " ")
            if HostGrammar.isHostKey(key) { keys.append(key) }
        }
        return keys
    }

    private func waitForCloudInit(_ vmid: Int, _ node: String) async throws -> Bool {
        for attempt in 1...Self.tries {
            if try await read("/var/lib/cloud/instance/sem/config_ssh", vmid, node) != nil { return true }
            if attempt < Self.tries { try await Task.sleep(for: cluster.client.pace.agent.pause(before: attempt)) }
        }
        return false
    }

    private func read(_ file: String, _ vmid: Int, _ node: String) async throws -> String? {
        let request = ProxmoxRequest(.get, ["nodes", node, "qemu", "\(vmid)", "agent", "file-read"], ["file": .string(file)])
        do {
            return try await semaphores[node].withPermit { try await cluster.client.caller.send(request)["content"]?.string }
        } catch is ProxmoxFault {
            return nil
        }
    }
}
