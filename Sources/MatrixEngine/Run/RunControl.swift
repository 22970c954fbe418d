public import MatrixCore
internal import Synchronization

/// Stops a run from outside: a signal, or `--fail-fast` from within.
public final class RunControl: Sendable {
    /// Why a run stops before its end.
    public enum Reason: Sendable, Equatable {
        /// A signal, by its name and the exit status that it asks for: `SIGINT`, interrupted.
        case signal(name: String, exitStatus: ExitStatus)
        /// A cell failed under `--fail-fast`.
        case failFast(cell: String)

        /// The reason for messages.
        var text: String {
            switch self {
            case .signal(let name, _): name
            case .failFast(let cell): "\(cell) failed (--fail-fast)"
            }
        }
    }

    private struct State {
        var reason: Reason?
        var touchesPlatforms = false
        var onStop: (@Sendable (Reason) -> Void)?
    }

    private let state = Mutex(State())

    public init() {}

    /// Ends all work and starts the teardown; only the first reason counts.
    public func stop(_ reason: Reason) {
        let handler = state.withLock { state -> (@Sendable (Reason) -> Void)? in
            guard state.reason == nil else { return nil }
            state.reason = reason
            return state.onStop
        }
        handler?(reason)
    }

    /// Why the run stops, once it does.
    public var reason: Reason? { state.withLock { $0.reason } }

    /// Whether a platform was asked to reserve, prepare or create anything.
    public var touchesPlatforms: Bool { state.withLock { $0.touchesPlatforms } }

    /// A platform is about to be asked for something that may have to be undone.
    func touch() { state.withLock { $0.touchesPlatforms = true } }

    /// Calls `handler` when the run is stopped, at once if it already is.
    func onStop(_ handler: @escaping @Sendable (Reason) -> Void) {
        let reason = state.withLock { state in
            state.onStop = handler
            return state.reason
        }
        if let reason { handler(reason) }
    }
}
