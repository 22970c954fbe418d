internal import MatrixCore

/// One problem: the same cases with the same kind of message, in one or more cells.
struct ProblemGroup {
    /// The part of one cell.
    struct Affected {
        var cell: CellResult
        var cases: [CaseResult]
    }

    /// The cases' names without the parts that differ between hosts; at least one.
    var names: [String]
    /// In plan order; at least one.
    var affected: [Affected]
    /// Whether it does not change the exit status.
    var isExperimental: Bool
    var localisation: FailurePattern
    /// What chooses exactly its cells out of those that ran: no value for all of them, nil if no value of an axis does.
    var selection: [AxisValue]?

    /// The case to quote.
    var example: CaseResult { affected[0].cases[0] }
    var caseCount: Int { affected.reduce(0) { $0 + $1.cases.count } }
    var message: String { JUnitVerdict.message(example) }

    /// The step and the name of its cases. Names that differ in their hosts only are one: `file /etc/hosts (web, db)`.
    var title: String {
        var example = example
        example.name = Self.common(names) ?? names[0]
        // A step's own case has its name: `site`, not `site: site`.
        if example.step == example.name { example.step = example.phase.rawValue }
        return CellParts.title(example)
    }

    /// The names that ``title`` does not have.
    var otherNames: [String] { Self.common(names) == nil ? Array(names.dropFirst()) : [] }

    /// What to do next, as the problem itself says; nil if it does not.
    var step: String? { SkippedCells.steps(of: example).first }

    /// `2 cells`; empty for a problem of the run as a whole.
    var place: String { affected[0].cell.name.isEmpty ? "" : Tally.cells(affected.count) }

    /// The command that runs only the affected cells again.
    ///
    /// - Parameter options: what the run's command line changed in the plan, quoted: `--set vars.role=loki`.
    func command(file: String, options: String? = nil) -> String {
        let words = ["matrix", "run", ReportText.line(file, limit: 1000)] + choice
        return [ShellQuoting.join(words), options.map { ReportText.line($0, limit: 1000) }].compactMap(\.self).joined(separator: " ")
    }

    private var choice: [String] {
        let names = affected.map { ReportText.line($0.cell.name, limit: 200) }
        if names == [""] { return [] }
        if names.count > 1, let selection { return selection.flatMap { ["--where", "\($0.axis)=\($0.value)"] } }
        return names.count <= 8 ? names.flatMap { ["--cell", $0] } : ["--only-failed"]
    }

    /// `port 80 (web)` and `port 80 (db)` → `port 80 (web, db)`; nil if the names differ in more than that, or there are too many.
    private static func common(_ names: [String]) -> String? {
        guard names.count > 1, names.count <= 6 else { return nil }
        let parts = names.map { name -> (start: Substring, host: Substring)? in
            guard name.hasSuffix(")"), let open = name.lastIndex(of: "(") else { return nil }
            return (name[..<open], name[name.index(after: open)...].dropLast())
        }
        guard let first = parts[0], parts.allSatisfy({ $0?.start == first.start }) else { return nil }
        return "\(first.start)(\(parts.compactMap { $0?.host }.joined(separator: ", ")))"
    }
}
