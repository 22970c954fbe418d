import Foundation
import Synchronization
import UnixSignals

/// Knows when the lab has to end: after a signal, or after the end of the process that started it.
final class LabWatch: Sendable {
    /// Why it has to end.
    enum Reason: Sendable {
        /// Ctrl-C, which every process on the terminal gets.
        case interrupt
        case order
    }

    private let task: Task<Reason, Never>
    private let known = Mutex<Reason?>(nil)

    /// Starts to watch.
    init() async {
        let signals = await UnixSignalsSequence(trapping: .sigint, .sigterm, .sighup)
        let parent = getppid()
        task = Task {
            await withTaskGroup(of: Reason.self) { group in
                group.addTask {
                    for await signal in signals { return signal == .sigint ? .interrupt : .order }
                    return .order
                }
                group.addTask {
                    while getppid() == parent, (try? await Task.sleep(for: .milliseconds(300))) != nil {}
                    return .order
                }
                let reason = await group.next() ?? .order
                group.cancelAll()
                return reason
            }
        }
        let task = self.task
        Task { [weak self] in
            let reason = await task.value
            self?.known.withLock { $0 = reason }
        }
    }

    /// Why the lab has to end; nil if it does not have to.
    var reason: Reason? { known.withLock(\.self) }

    /// Waits until it has to end.
    func end() async { _ = await task.value }
}
