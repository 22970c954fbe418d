import Foundation
import MatrixCore
import MatrixLedger

/// A run whose private folder is there although the ledger lists nothing of it, and no process of it runs.
struct StrayRun {
    /// What such a folder means.
    enum Meaning {
        /// The run had ended, or died before it could create anything: only its folder is left.
        case nothingLeft
        /// The ledger was removed or replaced since: what the run created may still be there.
        case lost(RunRecord)
        /// The same, of a version of matrix that left no record in the folder.
        case unknown
    }

    let run: RunID
    let meaning: Meaning

    /// Whether nobody can say which platforms it used.
    var isUnknown: Bool { if case .unknown = meaning { true } else { false } }

    /// For a person; nil if nothing but the folder is left.
    var line: String? {
        switch meaning {
        case .nothingLeft: nil
        case .lost(let record):
            "run \(run) of \(record.file) is not on the ledger, but its folder is here: what it created may still be up; remove it: "
                + "matrix reap --run \(run) --yes"
        case .unknown:
            "run \(run) is not on the ledger, but its folder is here: what it created may still be up; remove it, with the run's matrix "
                + "file: matrix reap FILE --run \(run) --yes"
        }
    }
}

extension StateFolder {
    /// The runs whose folders are there without an entry on the ledger, or without a lease after the run's end; oldest first.
    func strayRuns() async throws -> [StrayRun] {
        let folders = ((try? FileManager.default.contentsOfDirectory(atPath: "\(path)/runs")) ?? []).sorted()
        guard !folders.isEmpty else { return [] }
        let open = Set(try await ledger.open().map(\.resource.run))
        var found: [StrayRun] = []
        for run in folders.compactMap({ RunID(shown: $0) }) where !open.contains(run) {
            let file = RunFile(in: directory(of: run))
            if let file, file.owner.isAlive { continue }
            if let record = try await ledger.run(run) {
                // Without an end it is a dead run, which the reaper closes.
                if record.exitStatus != nil, !record.owner.isAlive { found.append(StrayRun(run: run, meaning: .nothingLeft)) }
            } else {
                let meaning = file.map { $0.record.map { StrayRun.Meaning.lost($0) } ?? .nothingLeft } ?? .unknown
                found.append(StrayRun(run: run, meaning: meaning))
            }
        }
        return found
    }

    /// Puts a run back on the ledger as one that died, so that the reaper asks its platforms.
    func adopt(_ record: RunRecord) async throws {
        var record = record
        record.exitStatus = nil
        try await ledger.begin(record)
    }
}
