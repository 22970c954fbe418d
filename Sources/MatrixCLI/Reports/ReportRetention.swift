import Foundation
import MatrixCore
import MatrixLedger

/// Which reports may be removed: never the one that `latest` points to, nor one of a run that has something up or still runs.
struct ReportRetention {
    let folder: ReportsFolder
    /// Runs whose reports are needed.
    var needed: Set<RunID> = []

    /// The reports of a matrix beyond the newest `count` runs.
    func surplus(of matrix: String, keeping count: Int, among lines: [ReportsIndex.Line]) -> [ReportEntry] {
        let names = Set(lines.filter { $0.matrix == matrix }.map(\.name))
        let entries = folder.entries().filter { names.contains($0.name) }
        var runs: [RunID] = []
        for entry in entries where !runs.contains(entry.run) { runs.append(entry.run) }
        let old = Set(runs.dropFirst(count))
        return entries.filter { old.contains($0.run) && isFree($0) }
    }

    /// The reports that are older.
    func older(than age: Duration, now: Timestamp = .wall) -> [ReportEntry] {
        folder.entries().filter { entry in
            guard let began = entry.began, isFree(entry) else { return false }
            return now.seconds(since: began) > age.inSeconds
        }
    }

    private func isFree(_ entry: ReportEntry) -> Bool { entry.name != folder.latest && !needed.contains(entry.run) }

    /// The runs of a state folder that have something up, that go on, or that died without their teardown.
    static func neededRuns(in state: StateFolder) async throws -> Set<RunID> {
        let folders = (try? FileManager.default.contentsOfDirectory(atPath: "\(state.path)/runs")) ?? []
        let live = folders.compactMap { RunID(shown: $0) }.filter { RunFile(in: state.directory(of: $0))?.owner.isAlive == true }
        let open = try await state.ledger.open().map(\.resource.run)
        return Set(live + open).union(try await state.ledger.unfinishedRuns().map(\.run))
    }
}
