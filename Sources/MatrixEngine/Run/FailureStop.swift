public import MatrixCore

/// Decides what becomes of a cell that has failed, before it is taken down: `matrix run --debug` asks a person.
public protocol FailureStop: Sendable {
    /// Asks, as long as it takes. Other cells go on. If the run is stopped meanwhile, the answer does not matter.
    func choice(after failure: StoppedCell) async -> FailureChoice
}

/// A cell that has failed in a deploy step or a check. Its hosts are as the failure left them.
public struct StoppedCell: Sendable {
    public let cell: String
    /// The first case that did not pass.
    public let failure: CaseResult
    /// The host that it is about; the cell's first one if it is about all.
    public let host: Host
    /// Variables that the step had there, without secrets.
    public let environment: [String: String]
    /// The script of the step as it ran there, on the runner, without secrets; it may not exist.
    public let script: String
}

/// What follows a failure.
public enum FailureChoice: String, Sendable, CaseIterable {
    /// The step runs again, or all checks: the new verdicts count.
    case again
    /// The next step runs; the failure stays on record.
    case goOn = "go on"
    /// The rest of the phase does not run; the next phase does.
    case skip
    /// The cell ends, and its hosts stay up.
    case keep
    /// The cell ends, and its hosts are removed.
    case tearDown = "tear down"
}
