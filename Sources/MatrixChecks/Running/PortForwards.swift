import MatrixCore

/// Provides the ways by which requests reach their target: one for each host, name and port, which is reused.
///
/// It is a forward of SSH. If the host refuses that forward, a program there relays the bytes.
actor PortForwards {
    private struct Key: Hashable {
        var host: String
        var target: String
        var port: Int
    }

    private var passages: [Key: Task<Passage, any Error>] = [:]
    private var refusals: [Key: Task<Bool, Never>] = [:]
    /// The targets to which their host refuses forwards.
    private var refusing: Set<Key> = []

    nonisolated func route(for vantage: Vantage) -> any RequestRoute {
        switch vantage {
        case .host(let host): ForwardedRoute(host: host, forwards: self)
        case .runner: DirectRoute()
        }
    }

    fileprivate func passage(on host: Host, to target: String, _ port: Int) async throws(Unanswered) -> Passage {
        let key = Key(host: host.name, target: target, port: port)
        let isRelayed = refusing.contains(key)
        let passage = passages[key] ?? Task { try await Self.open(on: host, to: target, port, isRelayed: isRelayed) }
        passages[key] = passage
        do {
            return try await passage.value
        } catch {
            if passages[key] == passage { passages[key] = nil }
            throw Unanswered(transportError: error)
        }
    }

    private static func open(on host: Host, to target: String, _ port: Int, isRelayed: Bool) async throws -> Passage {
        guard isRelayed else { return Passage(port: try await host.transport.forward(to: target, port: port)) }
        let relay = try await host.transport.relay(to: target, port: port)
        return Passage(port: relay.port, program: relay.program)
    }

    /// Asks until the forward is known to be refused: as long as nothing listens, nobody can tell. Then the passage is opened anew.
    fileprivate func isRefused(by host: Host, to target: String, _ port: Int) async -> Bool {
        let key = Key(host: host.name, target: target, port: port)
        let refusal = refusals[key] ?? Task { await host.transport.refusesForwards(to: target, port: port) }
        refusals[key] = refusal
        let isRefused = await refusal.value
        if isRefused, refusing.insert(key).inserted { passages[key] = nil }
        if !isRefused, refusals[key] == refusal { refusals[key] = nil }
        return isRefused
    }

    fileprivate func forget(on host: Host, target: String, port: Int) {
        passages[Key(host: host.name, target: target, port: port)] = nil
    }
}

/// Over a host's SSH connection.
private struct ForwardedRoute: RequestRoute {
    let host: Host
    let forwards: PortForwards

    func passage(to target: String, port: Int) async throws(Unanswered) -> Passage? {
        try await forwards.passage(on: host, to: target, port)
    }

    func forget(host target: String, port: Int) async {
        await forwards.forget(on: host, target: target, port: port)
    }

    func refusesForwards(to target: String, port: Int) async -> Bool { await forwards.isRefused(by: host, to: target, port) }

    func isConnected() async -> Bool { (try? await host.transport.run(Command(["true"], timeout: .seconds(30)))) != nil }
}

/// Straight from the runner.
private struct DirectRoute: RequestRoute {
    func passage(to target: String, port: Int) async throws(Unanswered) -> Passage? { nil }
    func forget(host: String, port: Int) async {}
    func refusesForwards(to host: String, port: Int) async -> Bool { false }
    func isConnected() async -> Bool { true }
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
