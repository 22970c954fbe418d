/// Why a text cannot be read as YAML at all.
struct YAMLFault: Error {
    /// What is wrong, after `this is not YAML: `; for a limit the whole sentence.
    var message: String
    /// What the parser called it: hints are chosen by it.
    var problem: String
    /// From one.
    var line: Int
    /// In Unicode scalars, from one.
    var column: Int
    /// What to do; nil for a hint by ``problem``.
    var hint: String?

    /// A text that is valid, but larger than the limits.
    static func limit(_ message: String, hint: String, at event: YAMLEvent) -> YAMLFault {
        YAMLFault(message: message, problem: "", line: event.line, column: event.column, hint: hint)
    }
}
