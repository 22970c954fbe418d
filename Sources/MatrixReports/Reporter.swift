public import MatrixCore

/// Turns a finished run into one document.
public protocol Reporter: Sendable {
    /// Writes into the report's folder and returns the files' names.
    func write(_ result: RunResult, into directory: String) throws -> [String]
}
