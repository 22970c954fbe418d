/// The command line or the matrix file is wrong: nothing was created, the exit status is 2.
public struct UsageError: Error, CustomStringConvertible {
    /// All problems, in the order of their positions.
    public var diagnostics: [Diagnostic]

    public init(_ diagnostics: [Diagnostic]) {
        self.diagnostics = diagnostics
    }

    /// One problem without a position.
    public init(_ message: String, hint: String? = nil) {
        diagnostics = [Diagnostic(at: nil, message, hint: hint)]
    }

    public var description: String { diagnostics.map(\.description).joined(separator: "\n") }
}
