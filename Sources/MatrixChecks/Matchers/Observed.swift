import MatrixCore

/// Shows observed values in messages: short, on one line, fit for any report.
enum Observed {
    /// The longest that a value may be within a one-line message, in characters.
    static let briefLimit = 160
    /// The longest that a value may be in a case's detail, in characters.
    static let longLimit = 4000

    /// A value on one line: texts quoted, newlines as `\n`.
    static func display(_ value: HostValue) -> String {
        switch value {
        case .null: "null"
        case .string(let text), .printed(let text), .beginning(let text, _): quoted(text)
        case .unclear(let scalar): cut(PlainText.clean(scalar.text), to: briefLimit)
        default: cut(PlainText.clean(value.json), to: briefLimit)
        }
    }

    private static func quoted(_ text: String) -> String {
        // A secret that control characters split is found without them only. Then they are not shown.
        let clean = PlainText.clean(text)
        let line = Redactor.current.redact(clean) == clean ? cut(text, to: briefLimit) : cut(clean, to: briefLimit)
        let escaped = line.replacing("\\", with: "\\\\")
        return "\"\(PlainText.visible(escaped).replacing("\n", with: "\\n").replacing("\t", with: "\\t"))\""
    }

    static func cut(_ text: String, to limit: Int) -> String {
        guard text.utf8.count > limit, text.count > limit else { return text }
        let shown = Redactor.current.redact(text)
        return shown.count > limit ? "\(shown.prefix(limit))…" : shown
    }

    /// The beginning and the end of a long text.
    static func excerpt(_ text: String, to limit: Int = longLimit) -> String {
        let text = PlainText.clean(text)
        return text.utf8.count > limit ? PlainText.clipped(Redactor.current.redact(text), to: limit) : text
    }
}
