import Foundation
import MatrixCore
import MatrixEngine

/// After a run: removes the reports that `reports: { keep: … }` no longer keeps, and writes the page over all reports.
///
/// What goes wrong is said, and changes no verdict.
struct ReportsAftercare {
    private let folder: ReportsFolder
    private let plan: Plan
    private let state: StateOptions?

    /// - Parameter state: finds the ledger; nil for a rehearsal, after which nothing is removed.
    init(_ session: any Session, state: StateOptions?) {
        folder = ReportsFolder("\(session.options.reports)/..", project: session.plan.project)
        plan = session.plan
        self.state = state
    }

    func run() async {
        // The reports of shards are collected into one folder: files of the same name would collide there.
        guard plan.shard == nil else { return }
        let index = ReportsIndex(folder: folder)
        do {
            var lines = index.lines()
            if let count = plan.keptReports, let state {
                let needed = try await ReportRetention.neededRuns(in: StateFolder(state.folder(project: plan.project)))
                let surplus = ReportRetention(folder: folder, needed: needed).surplus(of: plan.name, keeping: count, among: lines)
                for entry in surplus { try FileManager.default.removeItem(atPath: entry.path) }
                if !surplus.isEmpty {
                    Terminal.error("removed \(surplus.count) old report\(surplus.count == 1 ? "" : "s"): reports.keep is \(count)")
                }
                let removed = Set(surplus.map(\.name))
                lines.removeAll { removed.contains($0.name) }
            }
            try index.write(lines)
        } catch {
            Terminal.error("warning: the page over all reports is not up to date: \(Terminal.shown("\(error)"))")
        }
    }
}
