/// One problem of the input, with its position and what would be right.
public struct Diagnostic: Hashable, Sendable, Codable, CustomStringConvertible {
    /// How bad it is: an error stops everything, a warning is shown.
    public enum Severity: String, Sendable, Codable {
        case error
        case warning
    }

    public var severity: Severity
    /// Its position; nil for a problem of the command line or the environment.
    public var location: SourceLocation?
    /// What is wrong, in one sentence without a full stop.
    public var message: String
    /// What would be right, in one sentence without a full stop.
    public var hint: String?

    public init(_ severity: Severity = .error, at location: SourceLocation?, _ message: String, hint: String? = nil) {
        self.severity = severity
        self.location = location
        self.message = message
        self.hint = hint
    }

    /// `file:line:column: error: what is wrong; what would be right`. The control characters of a quoted value are written out.
    public var description: String {
        let place = location.map { "\($0): " } ?? ""
        return PlainText.visible("\(place)\(severity.rawValue): \(message)" + (hint.map { "; \($0)" } ?? ""))
    }
}
