import MatrixCore
import Rainbow

/// One thing that `doctor` looked at.
struct Finding: Sendable, Hashable {
    enum State: String, Sendable {
        case fine = "ok"
        /// A run works without it, but not as well.
        case warning
        /// A run needs it.
        case bad = "missing"

        fileprivate var mark: (glyph: String, colour: NamedColor) {
            switch self {
            case .fine: ("✓", .green)
            case .warning: ("!", .yellow)
            case .bad: ("✗", .red)
            }
        }
    }

    var state: State
    /// What was looked at: a tool, a secret, a platform.
    var subject: String
    var detail: String
    /// What to do, if possible as a command to paste.
    var fix: String?

    init(_ state: State, _ subject: String, _ detail: String, fix: String? = nil) {
        self.state = state
        self.subject = subject
        self.detail = detail
        self.fix = fix
    }

    /// A problem of the matrix file.
    init(_ problem: Diagnostic) {
        let place = problem.location.map { "\($0): " } ?? ""
        self.init(
            problem.severity == .error ? .bad : .warning, "matrix file", PlainText.visible("\(place)\(problem.message)"),
            fix: problem.hint.map(PlainText.visible))
    }

    /// Cleaned and free of secrets.
    var shown: Finding { Finding(state, subject, Terminal.shown(detail), fix: fix.map(Terminal.shown)) }

    /// One line for each with its fix below it, and the counts at the end.
    static func table(_ findings: [Finding], coloured: Bool) -> String {
        let width = findings.map(\.subject.count).max() ?? 0
        var lines = findings.flatMap { finding -> [String] in
            let subject = finding.subject.padding(to: width)
            let mark = Mark.paint(
                "\(finding.state.mark.glyph) \(finding.state.rawValue.padding(to: 7))", finding.state.mark.colour, coloured: coloured)
            let fix = finding.fix.map { ["\(String(repeating: " ", count: 11))fix: \($0)"] } ?? []
            return ["\(mark)  \(subject)  \(finding.detail)"] + fix
        }
        let (missing, warnings) = (findings.count { $0.state == .bad }, findings.count { $0.state == .warning })
        lines.append("")
        lines.append(
            missing == 0 && warnings == 0 ? "nothing is missing" : "\(missing) missing, \(warnings) warning\(warnings == 1 ? "" : "s")")
        return lines.joined(separator: "\n")
    }

    /// As JSON.
    static func json(_ findings: [Finding]) -> String {
        let values = findings.map { finding in
            Value.map([
                "state": .string(finding.state.rawValue), "subject": .string(finding.subject), "detail": .string(finding.detail),
                "fix": finding.fix.map { .string($0) } ?? .null,
            ])
        }
        return (try? Terminal.json(Value.list(values))) ?? "[]"
    }
}
