import MatrixCore

/// The results of checks as text or JSON.
struct CheckOutput {
    let target: String
    let cases: [CaseResult]
    let coloured: Bool

    /// A table, then all problems in full.
    var text: String {
        let rows = cases.map { [$0.name, Mark.text($0.outcome, coloured: false), says($0)] }
        let table = Table(headings: ["CHECK", "VERDICT", "OBSERVED"], rows: rows)
        let problems = cases.filter { [.failed, .error].contains($0.outcome) }.map(problem)
        return ([coloured ? table.coloured(by: cases.map(\.outcome)) : table.text] + problems + [closing]).joined(separator: "\n\n")
    }

    /// As JSON, each case as in results.json.
    func json() throws -> String {
        struct Document: Encodable {
            var target: String
            var exitStatus: ExitStatus
            var cases: [CaseResult]
        }
        return try Terminal.json(Document(target: target, exitStatus: exitStatus, cases: cases))
    }

    var exitStatus: ExitStatus { .of(cases) }

    private func says(_ result: CaseResult) -> String {
        let text = result.message ?? result.properties["observed"] ?? ""
        let tries = result.properties["attempts"].flatMap { Int($0) }.map { $0 > 1 ? " (\($0) attempts)" : "" } ?? ""
        return brief(text) + tries
    }

    private func brief(_ text: String) -> String {
        let line = text.split(whereSeparator: \.isNewline).joined(separator: " ")
        return line.count > 100 ? "\(line.prefix(99))…" : line
    }

    private func problem(_ result: CaseResult) -> String {
        let head = Mark.paint(
            "\(Mark.glyph(result.outcome)) \(result.name): \(result.message ?? result.outcome.rawValue)", Mark.colour(result.outcome),
            coloured: coloured)
        let place = result.location.map { "\n    at \($0)" } ?? ""
        let detail = (result.detail ?? "").split(separator: "\n").prefix(40).map { "\n    \($0)" }.joined()
        return head + place + detail
    }

    private var closing: String {
        "\(target): \(Mark.counts(cases.map(\.outcome))); exit status \(exitStatus.rawValue)"
    }
}
