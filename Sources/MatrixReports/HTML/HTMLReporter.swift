public import MatrixCore

public struct HTMLReporter: Reporter {
    public init() {}
    public func write(_ result: RunResult, into directory: String) throws -> [String] { [] }
}
