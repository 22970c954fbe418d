import MatrixCore
import Synchronization

/// Feels whether the way to a server is alive while a request waits: if it stood still, the silence says nothing of the server.
final class RoutePulse: Sendable {
    /// How long after the last beat the next one begins.
    private static let pause = Duration.seconds(2)
    /// How long a beat may take on a busy machine.
    private static let patience = Duration.seconds(2)

    private struct State {
        var last: ContinuousClock.Instant
        var longest = Duration.zero
    }

    private let route: any RequestRoute
    private let state: Mutex<State>

    init(_ route: any RequestRoute) {
        self.route = route
        state = Mutex(State(last: ContinuousClock.now))
    }

    /// Does the work, and feels the pulse meanwhile.
    func during<R: Sendable>(_ work: () async throws -> R) async throws -> R {
        let beats = Task { [self] in
            while (try? await Task.sleep(for: Self.pause)) != nil, await route.isConnected() { beat() }
        }
        defer { beats.cancel() }
        return try await work()
    }

    /// For how long nothing came over the way, if that is longer than its own time; asks once more.
    func standstill() async -> Duration? {
        let asked = ContinuousClock.now
        let isConnected = await route.isConnected()
        beat()
        let longest = state.withLock { $0.longest }
        let isStill = !isConnected || longest > Self.pause + Self.patience || ContinuousClock.now - asked > Self.patience
        return isStill ? longest : nil
    }

    private func beat() {
        state.withLock { state in
            let now = ContinuousClock.now
            state.longest = max(state.longest, now - state.last)
            state.last = now
        }
    }
}
