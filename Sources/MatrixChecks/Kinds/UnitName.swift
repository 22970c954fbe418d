import MatrixCore

/// Names of systemd units as a check asks about them (systemd.unit(5)).
enum UnitName {
    /// What is wrong with the name of a unit, references unresolved. A template is none: only its instances run.
    @Sendable static func problems(_ document: Document) -> [Diagnostic] {
        guard let text = document.text, !text.contains("${"), isTemplate(text) else { return [] }
        return [
            Diagnostic(
                at: document.location, "`\(text)` is a template, and only its instances run",
                hint: "name an instance, such as \(instance(of: text))")
        ]
    }

    /// The same for a check about one unit.
    @Sendable static func problemsOfOne(_ document: Document) -> [Diagnostic] {
        guard let text = document.text, !text.contains("${"), text.contains(where: { "*?[".contains($0) }) else {
            return problems(document)
        }
        return [
            Diagnostic(
                at: document.location, "`\(text)` is a pattern, and the check asks about one unit",
                hint: "write a check for each unit; for a pattern use command: systemctl list-units")
        ]
    }

    private static func isTemplate(_ text: String) -> Bool { stem(text).hasSuffix("@") }

    private static func instance(of text: String) -> String { "\(stem(text))1\(text.dropFirst(stem(text).count))" }

    /// Without the type: `getty@` of `getty@.service`.
    private static func stem(_ text: String) -> Substring {
        guard let dot = text.lastIndex(of: "."), types.contains(String(text[text.index(after: dot)...])) else { return text[...] }
        return text[..<dot]
    }

    private static let types: Set = [
        "service", "socket", "device", "mount", "automount", "swap", "target", "path", "timer", "slice", "scope",
    ]
}
