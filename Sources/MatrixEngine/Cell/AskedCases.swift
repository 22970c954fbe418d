import MatrixCore
import Synchronization

/// Remembers which checks have a verdict, in case the others never get one.
final class AskedCases: Sendable {
    private struct Key: Hashable {
        var step: String
        var name: String
    }

    private let keys = Mutex<Set<Key>>([])

    func add(_ result: CaseResult) {
        keys.withLock { _ = $0.insert(Key(step: result.step, name: result.name)) }
    }

    func has(_ result: CaseResult) -> Bool { has(step: result.step, name: result.name) }

    func has(_ planned: PlannedCase) -> Bool { has(step: planned.step, name: planned.name) }

    private func has(step: String, name: String) -> Bool {
        keys.withLock { $0.contains(Key(step: step, name: name)) }
    }
}
