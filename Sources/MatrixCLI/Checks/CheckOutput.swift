import MatrixCore

/// The results of checks as text or JSON.
struct CheckOutput {
    let target: String
    let cases: [CaseResult]
    let coloured: Bool

    /// A table, then all problems in full.
    var text: String {
        let rows = cases.map { [$0.name, Mark.text($0.outcome, coloured: false), says($0)] }
        var lines = Table(headings: ["CHECK", "VERDICT", "OBSERVED"], rows: rows).text.split(separator: "\n").map(String.init)
        if coloured {
            for (index, result) in cases.enumerated() {
                let word = Mark.text(result.outcome, coloured: false)
                lines[index + 1] = lines[index + 1].replacing(word, with: Mark.text(result.outcome, coloured: true), maxReplacements: 1)
            }
        }
        let problems = cases.filter { [.failed, .error].contains($0.outcome) }.map(problem)
        return ([lines.joined(separator: "\n")] + problems + [closing]).joined(separator: "\n\n")
    }

    /// As JSON, each case as in results.json.
    func json() throws -> String {
        struct Document: Encodable {
            var target: String
            var exitStatus: ExitStatus
            var cases: [CaseResult]
        }
        return String(
            decoding: try JSON.encode(Document(target: target, exitStatus: exitStatus, cases: cases), pretty: true), as: UTF8.self)
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
        let groups = Dictionary(grouping: cases, by: \.outcome).mapValues(\.count)
        let counts = Outcome.allCases.compactMap { outcome in groups[outcome].map { "\($0) \(outcome.rawValue)" } }.joined(separator: ", ")
        return "\(target): \(counts); exit status \(exitStatus.rawValue)"
    }
}
