/// What a page may hold so that it opens at once: 5,000 cases in 2 MB and 30,000 elements. The rest is in `results.json`.
enum HTMLLimits {
    /// Characters of one excerpt in "What broke".
    static let excerpt = 4000
    /// Characters of one excerpt in a cell.
    static let cellExcerpt = 2000
    /// Characters of all excerpts together.
    static let allExcerpts = 400_000
    /// Characters of one line.
    static let line = 500
    /// Problems that are told one by one, and cells that each of them lists.
    static let groups = 60
    static let groupCells = 24
    static let groupNames = 12
    /// Cases that are named in the cells, and the characters of their names.
    static let cases = 9000
    static let caseCharacters = 500_000
    /// Cases with problems that a cell shows.
    static let cellProblems = 40
    static let allCellProblems = 1000
    /// Lanes of the timeline.
    static let lanes = 150
    /// Cells with a section of their own, and those whose section has its phases and hosts.
    static let cells = 1000
    static let fullCells = 150
}
