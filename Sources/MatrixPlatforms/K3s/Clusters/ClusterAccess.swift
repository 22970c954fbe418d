internal import MatrixCore
internal import MatrixRemote

/// Finds out how the runner reaches the cluster, and with which keys.
struct ClusterAccess: Sendable {
    /// The control node.
    let host: Host
    let label: String
    /// K3s's folder on it.
    let data: String
    let redactor: Redactor
    let pace: K3sPace

    /// The server's kubeconfig with an address that answers from here: the host's own, the one on its cell's network, or a
    /// forward over the SSH connection.
    func kubeconfig(within limit: Duration) async throws -> Kubeconfig {
        let text = try await read("/etc/rancher/k3s/k3s.yaml", "kubeconfig", within: limit)
        let own = try Kubeconfig(text)
        for secret in own.secrets { redactor.hide(secret) }
        var addresses: [String] = []
        for address in [host.endpoint.address, host.endpoint.internalAddress]
        where !Self.isLoopback(address) && !addresses.contains(address) {
            addresses.append(address)
        }
        for address in addresses {
            let candidate = own.reaching("https://\(ClusterAssembly.bracketed(address)):6443")
            if await answers(candidate) { return candidate }
        }
        let port = try await host.transport.forward(to: "127.0.0.1", port: 6443)
        return own.reaching("https://127.0.0.1:\(port)")
    }

    /// The token with which agents join. It identifies the server's certificate authority, so that agents accept no other server.
    func joinToken() async throws -> String {
        let token = try await read("\(data)/server/node-token", "token", within: .seconds(60))
        redactor.hide(token)
        // K3s's messages show its parts separately.
        for part in token.split(separator: ":") where part.count > 16 { redactor.hide(String(part)) }
        return token
    }

    private static func isLoopback(_ address: String) -> Bool { address.hasPrefix("127.") || address == "::1" || address == "localhost" }

    /// Any answer counts: its content is checked later.
    private func answers(_ kubeconfig: Kubeconfig) async -> Bool {
        (try? await KubernetesAPI(kubeconfig, timeout: .seconds(5)).get("/readyz")) != nil
    }

    /// The server writes its files a moment after it has told systemd that it is up.
    private func read(_ path: String, _ what: String, within limit: Duration) async throws -> String {
        let clock = ContinuousClock()
        let began = clock.now
        while true {
            let result = try await host.transport.run(Command(["cat", path], user: "root", timeout: .seconds(30)))
            if result.succeeded, !result.output.isEmpty { return result.output }
            guard clock.now - began < limit else {
                throw InfrastructureError(
                    "the server on \(label) has no \(what)", why: "\(path) does not exist after \(limit.brief)",
                    next: "see journalctl -u k3s on the host",
                    type: .k3sAccess, isTransient: false)
            }
            try await clock.sleep(for: pace.poll)
        }
    }
}
