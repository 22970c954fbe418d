/// The limits that keep every page fast to open: 2 MB and 30,000 elements for any run. Cells without room get separate pages below
/// `cells/`; `results.json` has everything.
enum HTMLLimits {
    /// Characters of one excerpt in "What broke".
    static let excerpt = 4000
    /// Characters of one excerpt in a cell.
    static let cellExcerpt = 2000
    /// Characters of one thing that a host showed when a check failed.
    static let evidence = 3000
    /// Characters of all excerpts together.
    static let allExcerpts = 250_000
    /// Characters of one line.
    static let line = 500
    /// Problems that are shown one by one, and cells that each of them lists.
    static let groups = 60
    static let groupCells = 16
    static let groupNames = 12
    /// Cases that are named in the cells, and the characters of their names.
    static let cases = 7000
    static let casesOfMany = 2400
    static let caseCharacters = 500_000
    /// Cases with problems that a cell shows.
    static let cellProblems = 40
    static let allCellProblems = 500
    /// Lanes of the timeline.
    static let lanes = 120
    /// Cells that the page lists; cells that may all have a full section; and the number of full sections in a run with more cells
    /// than that.
    static let cells = 1500
    static let fullCells = 120
    static let fullCellsOfMany = 60
    /// Places of all pages of the grid.
    static let places = 2500
    /// Checks against cells: columns, verdicts, and rows that are the same everywhere.
    static let checkColumns = 40
    static let checkPlaces = 2500
    static let sameChecks = 150
    /// What steps changed: steps, sets of cells of each, and lines of each set.
    static let changedSteps = 20
    static let changeGroups = 12
    static let changeLines = 80
    /// Sets of cells whose hosts are compared, and the facts of each.
    static let differences = 5
    static let facts = 30
    /// The strip of earlier runs.
    static let pastRuns = 12
    static let historyCells = 60
    /// Logs: bytes of all of them, of one that says why a case failed, of any other; lines before the failing one; characters of a line;
    /// pieces of one colour in a log and in all.
    static let allLogs = 300_000
    static let failingLog = 40_000
    static let calmLog = 4000
    static let linesBeforeFailure = 80
    static let logLine = 2000
    static let logPieces = 300
    static let allLogPieces = 2000
    /// What checks observed: characters of one text and of all, and the cases that have one in the cells.
    static let observed = 160
    static let allObserved = 120_000
    static let observedCases = 2000
    /// The places and columns of the grid beside the headline.
    static let miniPlaces = 120
    static let miniColumns = 10
    /// Reasons for skipped cells that are shown beside the headline, and cells that each of them names.
    static let skips = 4
}
