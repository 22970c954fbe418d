public import MatrixCore

/// Turns a finished run into one document.
public protocol Reporter: Sendable {
    /// The document's file in a report's folder.
    static var name: String { get }
    /// Writes into the report's folder and returns the files' names.
    func write(_ result: RunResult, into directory: String) throws -> [String]
}
