import MatrixCore
import Synchronization

/// Lets each cell begin as soon as its platform has what it needs, whoever else is still asked.
final class PreflightGate: Sendable {
    private struct State {
        var possible: Set<String> = []
        var findings: Preflight.Findings?
        var waiting: [(cell: String, continuation: CheckedContinuation<Preflight.Refusal?, Never>)] = []
    }

    private let state = Mutex(State())

    /// Lets a cell begin.
    func open(_ cell: String) {
        let waiters = state.withLock { state in
            state.possible.insert(cell)
            defer { state.waiting.removeAll { $0.cell == cell } }
            return state.waiting.filter { $0.cell == cell }
        }
        for waiter in waiters { waiter.continuation.resume(returning: nil) }
    }

    /// Decides about all cells that still wait.
    func finish(_ findings: Preflight.Findings) {
        let waiters = state.withLock { state in
            state.findings = findings
            defer { state.waiting = [] }
            return state.waiting
        }
        for waiter in waiters { waiter.continuation.resume(returning: findings.refusals[waiter.cell]) }
    }

    /// Waits until it is certain whether a cell can begin.
    ///
    /// - Returns: why it cannot; nil if it can.
    func refusal(of cell: String) async -> Preflight.Refusal? {
        await withCheckedContinuation { continuation in
            let answer: Preflight.Refusal?? = state.withLock { state in
                if state.possible.contains(cell) { return .some(nil) }
                if let findings = state.findings { return .some(findings.refusals[cell]) }
                state.waiting.append((cell, continuation))
                return nil
            }
            if let answer { continuation.resume(returning: answer) }
        }
    }
}
