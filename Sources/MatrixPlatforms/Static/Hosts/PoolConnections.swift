internal import MatrixCore
internal import Synchronization

/// The connections to a pool's hosts: one to each, opened when it is first needed and kept until the end of the run.
final class PoolConnections: Sendable {
    /// One of them.
    final class Connection: Sendable {
        let transport: any Transport
        /// The keys that the host has shown.
        let keys: [String]
        private let cleanup: @Sendable () -> Void

        /// - Parameter cleanup: removes what it needed on this machine.
        init(_ transport: any Transport, keys: [String], cleanup: @escaping @Sendable () -> Void) {
            self.transport = transport
            self.keys = keys
            self.cleanup = cleanup
        }

        func close() async {
            await transport.close()
            cleanup()
        }
    }

    private struct State {
        var open: [String: Connection] = [:]
        var failures: [String: (error: InfrastructureError, at: ContinuousClock.Instant)] = [:]
        /// Rises when all are closed: what is still being opened then comes too late.
        var generation = 0
    }

    /// How long a host that could not be reached is not tried again: the phases that follow each other need not wait for it each.
    private static let memory = Duration.seconds(60)

    private let flights = SingleFlight<Connection>()
    private let state = Mutex(State())

    /// The connection to a machine, if it stands.
    func standing(_ machine: PoolMachine) -> Connection? {
        state.withLock { $0.open[machine.way] }.flatMap { $0.transport.isOpen ? $0 : nil }
    }

    /// Why a machine could not be reached a moment ago; nil if it was not tried, or was reached.
    func failure(of machine: PoolMachine) -> InfrastructureError? {
        state.withLock { $0.failures[machine.way] }.flatMap { ContinuousClock.now - $0.at < Self.memory ? $0.error : nil }
    }

    /// The connection to a machine, opened by `connect` unless it stands. All who ask meanwhile share it.
    ///
    /// - Throws: what `connect` throws, also to those who ask within the next minute.
    func connection(to machine: PoolMachine, _ connect: @escaping @Sendable () async throws -> Connection) async throws -> Connection {
        if let open = state.withLock({ $0.open[machine.way] }) {
            if open.transport.isOpen { return open }
            await drop(open, of: machine)
        }
        if let error = failure(of: machine) { throw error }
        let generation = state.withLock(\.generation)
        return try await flights.value(machine.way) { [self] _ in
            do {
                let connection = try await connect()
                let isLate = state.withLock { state in
                    state.failures[machine.way] = nil
                    if state.generation == generation { state.open[machine.way] = connection }
                    return state.generation != generation
                }
                guard isLate else { return connection }
                await connection.close()
                throw CancellationError()
            } catch let error as InfrastructureError {
                state.withLock { $0.failures[machine.way] = (error, .now) }
                throw error
            }
        }
    }

    /// Closes a connection to a machine, so that the next task that needs one opens another.
    func drop(_ connection: Connection, of machine: PoolMachine) async {
        let isKnown = state.withLock { state in
            guard state.open[machine.way] === connection else { return false }
            state.open[machine.way] = nil
            return true
        }
        guard isKnown else { return }
        await flights.forget(machine.way)
        await connection.close()
    }

    /// Closes all of them, and forgets who could not be reached.
    func closeAll() async {
        let open = state.withLock { state in
            defer { state = State(generation: state.generation + 1) }
            return state.open
        }
        for way in open.keys { await flights.forget(way) }
        _ = await mapConcurrently(Array(open.values), limit: max(1, open.count)) { await $0.close() }
    }
}

extension PoolMachine {
    /// Distinguishes the ways to a machine: as another account it is another connection.
    fileprivate var way: String { ([id, user, key ?? ""] + options).joined(separator: "\n") }
}
