import MatrixCore
import Synchronization

/// What a cell waited for while its hosts were made: all of it in `create.log`, and the last of it for the message of a failure.
final class CreateLog: Sendable {
    /// The last reason to wait.
    struct Wait: Sendable {
        /// The host's label; nil for the cell as a whole.
        var host: String?
        var reason: String
        var since: Timestamp
    }

    private struct State {
        var waits: [String: Wait] = [:]
        var log: StepLog?
        var isOpened = false
    }

    private let open: @Sendable () throws -> StepLog
    private let state = Mutex(State())

    /// - Parameter open: makes the file; called once something is to be written.
    init(_ open: @escaping @Sendable () throws -> StepLog) {
        self.open = open
    }

    /// Notes a reason to wait, or what a platform does.
    func wait(_ reason: String, host: String? = nil) {
        let isNew = state.withLock { state in
            let key = host ?? ""
            guard state.waits[key]?.reason != reason else { return false }
            state.waits[key] = Wait(host: host, reason: reason, since: .now)
            return true
        }
        if isNew { write("\(host.map { "\($0): " } ?? "")\(reason)") }
    }

    /// Notes that something was done: nothing is waited for any more.
    func done(_ what: String, host: String? = nil) {
        state.withLock { state in
            state.waits[""] = nil
            state.waits[host ?? ""] = nil
        }
        write("\(host.map { "\($0): " } ?? "")\(what)")
    }

    /// Forgets what a try that is repeated waited for.
    func restart(_ number: Int) {
        state.withLock { $0.waits = [:] }
        if number > 1 { write("try \(number)") }
    }

    /// What is waited for now, the longest wait first.
    var waits: [Wait] { state.withLock { Array($0.waits.values) }.sorted { $0.since < $1.since } }

    /// The file relative to the report's folder; nil if there is none.
    var name: String? { state.withLock { $0.log?.name } }

    func write(_ text: String) { log?.write("\(Timestamp.wall) \(text)") }

    func finish() { state.withLock { $0.log }?.finish() }

    /// A log that cannot be written does not fail a create.
    private var log: StepLog? {
        state.withLock { state in
            if !state.isOpened {
                state.isOpened = true
                state.log = try? open()
            }
            return state.log
        }
    }
}
