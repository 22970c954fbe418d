import Foundation
import MatrixCore
import MatrixReports

/// Writes all reports of a run so that each says the status that the process ends with.
struct ReportWriter {
    var reporters = ReportCatalogue.all()

    /// Writes what can be written; a report that cannot raises the status, and the others name it.
    func write(_ result: inout RunResult, into folder: String) -> WrittenReports {
        var remaining = reporters
        var failed = 0
        repeat {
            failed = 0
            remaining = remaining.filter { reporter in
                do {
                    _ = try reporter.write(result, into: folder)
                    return true
                } catch {
                    failed += 1
                    result.fail(because: "\(type(of: reporter).name) could not be written: \(error)")
                    return false
                }
            }
            // What was written before a failure does not say so yet.
        } while failed > 0
        return WrittenReports(folder: folder, names: remaining.map { type(of: $0).name })
    }
}

/// Those of a run's reports that were written.
struct WrittenReports {
    let folder: String
    /// The documents' names in the folder.
    let names: [String]

    /// The one to begin with: the page, else `results.json`, else any.
    var first: String? {
        ([HTMLReporter.name, ResultsReporter.name].first(where: names.contains) ?? names.first).map { "\(folder)/\($0)" }
    }

    /// Makes `latest` point to them, if that link leads to something.
    func pointLatest() {
        if !Set(names).isDisjoint(with: [HTMLReporter.name, ResultsReporter.name]) { ReportsFolder.pointLatest(at: folder) }
    }
}

extension RunResult {
    /// Notes that the run could not be written down as a whole: its verdicts stand, its status is raised.
    mutating func fail(because reason: String) {
        warnings.append(Diagnostic(at: nil, reason))
        exitStatus = .worst(of: [exitStatus, .infrastructure])
    }
}
