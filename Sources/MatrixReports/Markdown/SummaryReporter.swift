public import MatrixCore

public struct SummaryReporter: Reporter {
    public init() {}
    public func write(_ result: RunResult, into directory: String) throws -> [String] { [] }
}
