import MatrixCore
import Synchronization

/// What all simulated parts of one run share: how fast time passes, what each cell takes, which faults are still to come.
final class SimulatedWorld: Sendable {
    private struct Place: Hashable {
        var cell: String
        var fault: Scenario.Fault
    }

    private let scenario: Scenario
    private let history: [String: [Phase: Double]]
    private let seen = Mutex<[Place: Int]>([:])

    /// - Parameter history: what cells took in the past, in seconds by phase.
    init(_ scenario: Scenario, history: [String: [Phase: Double]]) {
        self.scenario = scenario
        self.history = history
    }

    /// Lets the time pass that `share` of a phase takes, sped up.
    func pass(_ phase: Phase, of cell: String, share: Double = 1) async throws {
        let seconds = scenario.duration(of: phase, in: cell, history: history[cell] ?? [:]).inSeconds * share / scenario.speed
        if seconds > 0 { try await Task.sleep(for: .bounded(seconds: seconds)) } else { try Task.checkCancellation() }
    }

    /// The fault that happens now in the phase itself; it counts as having happened.
    func fault(in phase: Phase, of cell: String) -> Scenario.Fault? {
        next(scenario.faults(in: phase, of: cell).filter { $0.step == nil }, cell)
    }

    /// The fault that happens now in a step; it counts as having happened.
    func fault(in phase: Phase, of cell: String, step: String) -> Scenario.Fault? {
        next(scenario.faults(in: phase, of: cell).filter { fault in fault.step.map { Glob.matches($0, step) } ?? true }, cell)
    }

    private func next(_ faults: [Scenario.Fault], _ cell: String) -> Scenario.Fault? {
        seen.withLock { seen in
            for fault in faults {
                let place = Place(cell: cell, fault: fault)
                if let times = fault.times, seen[place, default: 0] >= times { continue }
                seen[place, default: 0] += 1
                return fault
            }
            return nil
        }
    }
}

extension Scenario.Fault {
    /// This fault as the error that a part throws.
    func error(_ what: String) -> InfrastructureError {
        InfrastructureError(what, why: message, next: "it is simulated", isTransient: true)
    }
}
