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

    /// The case to quote.
    var example: CaseResult { affected[0].cases[0] }
    var caseCount: Int { affected.reduce(0) { $0 + $1.cases.count } }
    var message: String { JUnitVerdict.message(example) }

    /// The command that runs only the affected cells again.
    func command(file: String) -> String {
        let start = ["matrix", "run", ReportText.line(file, limit: 1000)]
        let names = affected.map { ReportText.line($0.cell.name, limit: 200) }
        if names.count <= 8 { return ShellQuoting.join(start + names.flatMap { ["--cell", $0] }) }
        if let value = localisation.value { return ShellQuoting.join(start + ["--where", "\(value.axis)=\(value.value)"]) }
        return ShellQuoting.join(start + ["--only-failed"])
    }
}
