/// The unused part of a page's limits while the page is built.
final class PageBudget {
    private var excerpts = HTMLLimits.allExcerpts
    private var logs = HTMLLimits.allLogs
    private var pieces = HTMLLimits.allLogPieces
    private var characters = HTMLLimits.caseCharacters
    private var observed = (cases: HTMLLimits.observedCases, characters: HTMLLimits.allObserved)
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
        excerpts -= Self.cost(block)
        return block.isEmpty ? nil : block
    }

    /// Bytes that the next log may take; 0 if there is no room.
    func log(isFailing: Bool) -> Int {
        guard logs > 0, pieces > 0 else { return 0 }
        return min(logs, isFailing ? HTMLLimits.failingLog : HTMLLimits.calmLog)
    }

    /// Takes a log's room.
    func take(_ log: LogView) {
        logs -= log.pieces.reduce(log.numbers.utf8.count) { $0 + Self.cost($1.text) + ($1.style == nil ? 0 : 30) }
        pieces -= log.pieces.count + 10
    }

    /// The first cases, as many as there is room for. What was observed is left out first.
    func names(_ lines: [CellView.Line], limit: Int) -> [CellView.Line] {
        var taken: [CellView.Line] = []
        for line in lines.prefix(max(limit, 0)) {
            characters -= line.name.utf8.count
            guard characters > 0 else { break }
            taken.append(CellView.Line(name: line.name, observed: observation(line.observed)))
        }
        return taken
    }

    private func observation(_ text: String?) -> String? {
        guard let text, observed.cases > 0, observed.characters > 0 else { return nil }
        observed.cases -= 1
        observed.characters -= Self.cost(text)
        return text
    }

    /// How many of a cell's problems may be shown in it.
    func problems(of count: Int) -> Int {
        let shown = min(count, problemsOfCell, problems)
        problems -= shown
        return shown
    }

    /// Bytes of a text on the page: `<` is written as `&lt;`.
    private static func cost(_ text: String) -> Int {
        text.utf8.reduce(0) { $0 + ([0x26, 0x3c, 0x3e, 0x22, 0x27].contains($1) ? 5 : 1) }
    }
}
