/// The unused part of a page's limits while the page is built.
final class PageBudget {
    private var excerpts = HTMLLimits.allExcerpts
    private var characters = HTMLLimits.caseCharacters
    private var problems = HTMLLimits.allCellProblems
    private let problemsOfCell: Int
    /// Cases that each cell may name.
    let casesOfCell: Int

    /// - Parameters:
    ///   - cells: how many are shown in full.
    ///   - isMany: whether there are others.
    init(cells: Int, isMany: Bool = false) {
        casesOfCell = max(10, (isMany ? HTMLLimits.casesOfMany : HTMLLimits.cases) / max(cells, 1))
        problemsOfCell = cells == 1 ? HTMLLimits.allCellProblems : HTMLLimits.cellProblems
    }

    /// The excerpt, shortened to the room that is left; nil if there is no room.
    func excerpt(_ text: String?, limit: Int) -> String? {
        guard let text, excerpts > 0 else { return nil }
        let block = ReportText.block(text, limit: min(limit, max(excerpts, 400)))
        excerpts -= block.utf8.count
        return block.isEmpty ? nil : block
    }

    /// The first names, as many as there is room for.
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
