public import MatrixCore

extension CellResult {
    /// The cases with a problem, each fault once: a step's own case is left out if a task of it already says what failed.
    public var faults: [CaseResult] { cases.filter { $0.outcome.isProblem && !repeats($0) } }

    /// Whether a case says only that its step failed, while another case of the step says why.
    func repeats(_ test: CaseResult) -> Bool {
        guard test.name == test.step, test.phase == .deploy, test.outcome.isProblem else { return false }
        return cases.contains { $0.step == test.step && $0.phase == test.phase && $0.outcome == test.outcome && $0.name != test.name }
    }
}
