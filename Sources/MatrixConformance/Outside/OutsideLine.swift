public import MatrixCore
public import MatrixWeb
internal import Synchronization

/// The line from the drivers of one process to the outside. It counts their calls, and spoils one of them.
public final class OutsideLine: Sendable {
    private struct State {
        var calls = 0
        var changes = 0
        var isDead = false
        var hasStruck = false
    }

    private let strike: Strike?
    private let state = Mutex(State())

    /// - Parameter strike: nil for a line that is always right.
    public init(_ strike: Strike? = nil) {
        self.strike = strike
    }

    /// How many calls there were.
    var calls: Int { state.withLock { $0.calls } }
    /// How many of them may have changed something.
    var changes: Int { state.withLock { $0.changes } }
    /// Whether the strike happened.
    var hasStruck: Bool { state.withLock { $0.hasStruck } }
    /// Whether its process was killed.
    public var isDead: Bool { state.withLock { $0.isDead } }

    // MARK: - Calls

    /// Makes one call, unless the strike meets it.
    ///
    /// - Parameters:
    ///   - changes: whether it may change something outside.
    ///   - spoilt: the reply with this text in the place of the real one.
    ///   - lost: the error of a reply that is lost.
    public func call<Reply: Sendable>(
        changes: Bool, spoilt: (String) throws -> Reply, lost: () -> any Error, _ work: () async throws -> Reply
    ) async throws -> Reply {
        switch try fate(ofChange: changes) {
        case nil:
            let reply = try await work()
            try requireLife()
            return reply
        case .lostReply:
            _ = try? await work()
            throw lost()
        case .answered(let nonsense):
            _ = try? await work()
            return try spoilt(nonsense.rawValue)
        case .pretended: return try spoilt("")
        case .killed:
            _ = try? await work()
            state.withLock { $0.isDead = true }
            throw CancellationError()
        }
    }

    /// - Throws: if the process was killed.
    public func requireLife() throws { if isDead { throw CancellationError() } }

    private func fate(ofChange changes: Bool) throws -> Strike.Fate? {
        try requireLife()
        return state.withLock { state in
            state.calls += 1
            if changes { state.changes += 1 }
            guard let strike, !state.hasStruck, changes || !strike.countsChanges else { return nil }
            guard (strike.countsChanges ? state.changes : state.calls) == strike.number else { return nil }
            state.hasStruck = true
            return strike.fate
        }
    }

    // MARK: - Ways to the outside

    /// Requests to a web API.
    public func web(_ web: any WebTransport) -> any WebTransport { LineWeb(web: web, line: self) }

    /// Programs of this machine.
    public func runner(_ runner: any Transport) -> any Transport { LineTransport(transport: runner, line: self) }

    /// Hosts by SSH.
    public func connector(_ connector: any Connector) -> any Connector { LineConnector(connector: connector, line: self) }
}
