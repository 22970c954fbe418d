import MatrixCore

/// Provides the forwards by which requests reach their target: one forward for each host, name and port, which is reused.
actor PortForwards {
    private struct Key: Hashable {
        var host: String
        var target: String
        var port: Int
    }

    private var forwards: [Key: Task<Int, any Error>] = [:]
    private var refusals: [String: Task<Bool, Never>] = [:]

    nonisolated func route(for vantage: Vantage) -> any RequestRoute {
        switch vantage {
        case .host(let host): ForwardedRoute(host: host, forwards: self)
        case .runner: DirectRoute()
        }
    }

    fileprivate func port(on host: Host, to target: String, _ port: Int) async throws(Unanswered) -> Int {
        let key = Key(host: host.name, target: target, port: port)
        let forward = forwards[key] ?? Task { try await host.transport.forward(to: target, port: port) }
        forwards[key] = forward
        do {
            return try await forward.value
        } catch {
            if forwards[key] == forward { forwards[key] = nil }
            throw Unanswered(transportError: error)
        }
    }

    /// Asked once for each host.
    fileprivate func isRefused(by host: Host) async -> Bool {
        let refusal = refusals[host.name] ?? Task { await host.transport.refusesForwards() }
        refusals[host.name] = refusal
        return await refusal.value
    }

    fileprivate func forget(on host: Host, target: String, port: Int) {
        forwards[Key(host: host.name, target: target, port: port)] = nil
    }
}

/// Over a host's SSH connection.
private struct ForwardedRoute: RequestRoute {
    let host: Host
    let forwards: PortForwards

    func port(to target: String, port: Int) async throws(Unanswered) -> Int? {
        try await forwards.port(on: host, to: target, port)
    }

    func forget(host target: String, port: Int) async {
        await forwards.forget(on: host, target: target, port: port)
    }

    func refusal() async -> Unanswered? {
        guard await forwards.isRefused(by: host) else { return nil }
        return Unanswered(
            "the host's sshd refuses to forward connections (AllowTcpForwarding, PermitOpen or DisableForwarding in its sshd_config)",
            next: "allow it there, or ask on the host itself: command: curl …")
    }
}

/// Straight from the runner.
private struct DirectRoute: RequestRoute {
    func port(to target: String, port: Int) async throws(Unanswered) -> Int? { nil }
    func forget(host: String, port: Int) async {}
    func refusal() async -> Unanswered? { nil }
}

extension Unanswered {
    /// Why a transport failed.
    init(transportError error: any Error) {
        switch error {
        case let error as InfrastructureError:
            self.init("\(error.what): \(error.why)", next: error.next, detail: error.description)
        case let error as DeadlineExceeded: self.init("the host was \(error.description)")
        case is CancellationError: self.init("interrupted")
        default: self.init("the connection to the host failed")
        }
    }
}
