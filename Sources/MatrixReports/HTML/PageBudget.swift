/// What is left of a page's limits while it is put together.
final class PageBudget {
    private var excerpts = HTMLLimits.allExcerpts
    private var characters = HTMLLimits.caseCharacters
    private var problems = HTMLLimits.allCellProblems
    private let problemsOfCell: Int
    /// Cases that each cell may name.
    let casesOfCell: Int

    /// - Parameters:
    ///   - cells: how many are shown in full.
    ///   - isMany: whether there are others too.
    init(cells: Int, isMany: Bool = false) {
        casesOfCell = max(10, (isMany ? HTMLLimits.casesOfMany : HTMLLimits.cases) / max(cells, 1))
        problemsOfCell = cells == 1 ? HTMLLimits.allCellProblems : HTMLLimits.cellProblems
    }

    /// The excerpt as far as there is room for it; nil where there is none.
    func excerpt(_ text: String?, limit: Int) -> String? {
        guard let text, excerpts > 0 else { return nil }
        let block = ReportText.block(text, limit: min(limit, max(excerpts, 400)))
        excerpts -= block.utf8.count
        return block.isEmpty ? nil : block
    }

    /// As many of the names as there is room for.
    func names(_ names: [String], limit: Int) -> [String] {
        var taken: [String] = []
        for name in names.prefix(max(limit, 0)) {
            characters -= name.utf8.count
            guard characters > 0 else { break }
            taken.append(name)
        }
        return taken
    }

    /// How many of a cell's problems may be shown in it.
    func problems(of count: Int) -> Int {
        let shown = min(count, problemsOfCell, problems)
        problems -= shown
        return shown
    }
}
