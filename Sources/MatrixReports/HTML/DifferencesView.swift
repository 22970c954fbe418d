internal import MatrixCore

/// The facts that separate the hosts of cells with a problem from those of cells that passed.
struct DifferencesView {
    struct Row {
        let fact: String
        let failing: String
        let passing: String
    }

    /// `rocky10-podman against 3 cells that passed`.
    let caption: String
    let rows: [Row]

    /// One for each set of cells with a common problem, if a fact separates them.
    static func all(_ groups: [ProblemGroup], of run: ReportedRun) -> [DifferencesView] {
        let passing = run.cells.filter { $0.outcome == .passed }
        var seen: Set<[String]> = []
        let sets = groups.map { $0.affected.map(\.cell).filter { !$0.hosts.isEmpty } }.filter {
            !$0.isEmpty && seen.insert($0.map(\.name)).inserted
        }
        return sets.prefix(HTMLLimits.differences).compactMap { cells in
            let names = Set(cells.map(\.name))
            let view = DifferencesView(cells, passing: passing.filter { !names.contains($0.name) })
            return view.rows.isEmpty ? nil : view
        }
    }

    private init(_ failing: [CellResult], passing: [CellResult]) {
        let place = failing.count == 1 ? ReportText.line(failing[0].name, limit: 200) : "\(failing.count) cells with a problem"
        caption = "\(place) against \(passing.count == 1 ? "the cell" : "\(passing.count) cells") that passed"
        rows = FactDifference.all(failing: failing, passing: passing).prefix(HTMLLimits.facts).map { difference in
            Row(
                fact: ReportText.line(difference.fact, limit: 120), failing: Self.list(difference.failing),
                passing: Self.list(difference.passing))
        }
    }

    private static func list(_ values: [String]) -> String {
        let shown = values.prefix(6).map { ReportText.line($0, limit: 120) }.joined(separator: ", ")
        return values.count > 6 ? "\(shown) and \(values.count - 6) more" : shown
    }
}
