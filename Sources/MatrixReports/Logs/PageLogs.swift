internal import MatrixCore

/// The logs of a page, each once, those of failing steps first.
struct PageLogs {
    /// A link to a log, or to the line at which a case failed.
    struct Link {
        let anchor: String
        /// `deploy-site.log`, `deploy-site.log, line 38`.
        let words: String
    }

    let all: [LogView]
    private let byPath: [String: Int]
    private let byCell: [String: [Int]]

    /// - Parameters:
    ///   - cells: those that the page shows in full.
    ///   - root: the relative path from the page to the report's folder: empty, or `../`.
    ///   - growing: the logs of steps that run now. They come first, with much of their end.
    init(
        _ cells: [CellResult], _ anchors: Anchors, root: String, directory: String, _ allowance: PageBudget, growing: Set<String> = []
    ) {
        var views: [LogView] = []
        var byPath: [String: Int] = [:]
        var byCell: [String: [Int]] = [:]
        var used: Set<String> = []
        for (cell, path, faults) in Self.ranked(cells, growing: growing) {
            guard byPath[path] == nil, let cellAnchor = anchors[cell], ReportFile.holds(path, in: directory) else { continue }
            let limit = allowance.log(isFailing: !faults.isEmpty || growing.contains(path))
            let name = "log-\(cellAnchor.dropFirst(5))-\(Anchors.slug(path.split(separator: "/").last.map(String.init) ?? path))"
            let place = (anchor: used.insertUnique(name) { "\($0)-\($1)" }, cellAnchor: cellAnchor, root: root)
            guard limit > 0,
                let view = LogView(path, of: cell, at: place, directory: directory, faults: faults, limit: limit)
            else { continue }
            allowance.take(view)
            byPath[path] = views.count
            byCell[cell.name, default: []].append(views.count)
            views.append(view)
        }
        all = views
        self.byPath = byPath
        self.byCell = byCell
    }

    /// The logs of a cell.
    func links(of cell: CellResult) -> [Link] {
        (byCell[cell.name] ?? []).map { link(to: all[$0]) }
    }

    /// The log that shows why a case has a problem: its own; nil if it has none.
    func link(of test: CaseResult) -> Link? {
        Self.logs(of: test).lazy.compactMap { byPath[$0] }.first.map { link(to: all[$0]) }
    }

    private func link(to view: LogView) -> Link {
        guard let mark = view.marks.first else { return Link(anchor: view.anchor, words: view.name) }
        return Link(anchor: mark.anchor, words: "\(view.name), line \(mark.line)")
    }

    private typealias Entry = (cell: CellResult, path: String, faults: [CaseResult])

    /// The logs that say why a case failed, then the others of cells with a problem, then those of all other cells.
    private static func ranked(_ cells: [CellResult], growing: Set<String>) -> [Entry] {
        var now: [Entry] = []
        var failing: [Entry] = []
        var beside: [Entry] = []
        var calm: [Entry] = []
        for cell in cells {
            let faults = cell.faults
            for path in cell.cases.flatMap(logs).unique {
                let own = faults.filter { logs(of: $0).contains(path) }
                if growing.contains(path) {
                    now.append((cell, path, own))
                } else if !own.isEmpty {
                    failing.append((cell, path, own))
                } else if cell.outcome.isProblem {
                    beside.append((cell, path, []))
                } else {
                    calm.append((cell, path, []))
                }
            }
        }
        return now + failing + beside + calm
    }

    /// Only step logs: they were cleaned and redacted when they were written; collected files were not.
    private static func logs(of test: CaseResult) -> [String] {
        guard test.phase != .finally else { return [] }
        return test.attachments.filter { ReportFile.isNameable($0) && $0.hasSuffix(".log") }
    }
}
