import Foundation
import Synchronization
import UnixSignals

/// Knows when the lab has to end: a signal came, or whoever started it has ended.
final class LabWatch: Sendable {
    private let task: Task<Void, Never>
    private let hasEnded = Atomic(false)

    /// Watches from now on.
    init() async {
        let signals = await UnixSignalsSequence(trapping: .sigint, .sigterm, .sighup)
        let parent = getppid()
        task = Task {
            await withTaskGroup { group in
                group.addTask { for await _ in signals { break } }
                group.addTask { while getppid() == parent, (try? await Task.sleep(for: .milliseconds(300))) != nil {} }
                await group.next()
                group.cancelAll()
            }
        }
        let task = self.task
        Task { [weak self] in
            await task.value
            self?.hasEnded.store(true, ordering: .releasing)
        }
    }

    /// Whether that is so.
    var isOver: Bool { hasEnded.load(ordering: .acquiring) }

    /// Waits for it.
    func end() async { await task.value }
}
