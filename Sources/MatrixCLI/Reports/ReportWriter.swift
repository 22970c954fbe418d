import Foundation
import MatrixCore
import MatrixReports

/// Writes all reports of a run, each with the status that the process ends with.
struct ReportWriter {
    var reporters = ReportCatalogue.all()

    /// Writes all reports that it can. One that fails raises the status, and the others name it.
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
            // Reports that were written before a failure do not mention it yet.
        } while failed > 0
        return WrittenReports(folder: folder, names: remaining.map { type(of: $0).name })
    }
}

/// The reports of a run that were written.
struct WrittenReports {
    let folder: String
    /// The documents' names in the folder.
    let names: [String]

    /// The report to open first: the page, else `results.json`, else any.
    var first: String? {
        ([HTMLReporter.name, ResultsReporter.name].first(where: names.contains) ?? names.first).map { "\(folder)/\($0)" }
    }

    /// The text about a finished run for standard output.
    func text(of result: RunResult, asJSON: Bool) throws -> String {
        if asJSON { return try Terminal.json(result) }
        let summary = RunSummary(
            result: result, reports: self, coloured: Terminal.hasColourOnOutput, columns: Terminal.outputColumns)
        return StateHint.shared.added(to: summary.text)
    }

    /// The command that opens the page, from the working folder; nil if there is no page.
    var openCommand: String? {
        guard names.contains(HTMLReporter.name), names.contains(ResultsReporter.name) else { return nil }
        let latest = URL(fileURLWithPath: "\(ReportsFolder.here(nil).root)/latest").resolvingSymlinksInPath().path
        let isLatest = latest == URL(fileURLWithPath: folder).resolvingSymlinksInPath().path
        return ShellQuoting.join(["matrix", "report"] + (isLatest ? [] : [folder]) + ["--open"])
    }

    /// Makes `latest` point to them, if the page or `results.json` is among them.
    ///
    /// - Returns: why it does not, for a person.
    @discardableResult
    func pointLatest() -> String? {
        Set(names).isDisjoint(with: [HTMLReporter.name, ResultsReporter.name]) ? nil : ReportsFolder.pointLatest(at: folder)
    }
}

extension RunResult {
    /// Records that a report or the ledger could not be written: the verdicts stand, the status is raised.
    mutating func fail(because reason: String) {
        warnings.append(Diagnostic(at: nil, reason))
        exitStatus = .worst(of: [exitStatus, .infrastructure])
    }
}
