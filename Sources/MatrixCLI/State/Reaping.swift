import Foundation
import MatrixCore
import MatrixEngine
import MatrixLedger

/// The reaper of a state folder. It makes drivers from the runs' records, and deletes the keys of runs that are clean.
struct Reaping {
    let state: StateFolder
    var redactor = Terminal.redactor

    var reaper: Reaper {
        let maker = PlatformMaker(state: state, redactor: redactor)
        return Reaper(ledger: state.ledger, redactor: redactor) { name, record in
            try await maker.make(name, of: record)
        } runIsClean: { [state] run in
            state.removeDirectory(of: run)
        }
    }

    /// Whether a lease stays up on purpose, for now.
    static func isKept(_ lease: Lease) -> Bool { ReapFilter(machine: Owner.current().machine).isKept(lease) }

    /// Removes what dead runs left (after a kill, a power cut), before or after another run.
    ///
    /// - Returns: whether something stays on the ledger because its create may still be in progress.
    func sweepDeadRuns() async throws -> Bool {
        for stray in try await tidy() { if let line = stray.line { Terminal.error("warning: \(line)") } }
        var findings = try await reaper.find(ReapFilter(machine: Owner.current().machine))
        findings.leases.removeAll(where: \.isOwnerAlive)
        guard !findings.isEmpty else { return false }
        for run in findings.runs { Terminal.error(Self.obituary(of: run)) }
        let count = Set(findings.leases.map(\.resource.run) + findings.runs.map(\.run)).count
        Terminal.error("cleaning up what \(count) dead run\(count > 1 ? "s" : "") left behind")
        let outcomes = await reaper.take(findings, waits: false)
        for outcome in outcomes where outcome.problem != nil { Terminal.error("warning: \(outcome.line)") }
        return outcomes.contains(where: \.isPending)
    }

    /// Removes folders that stand for nothing: of runs that left nothing, and of processes that are gone.
    ///
    /// - Returns: the runs that may have left something although the ledger does not know them.
    func tidy() async throws -> [StrayRun] {
        for folder in ProcessFolder.abandoned { try? FileManager.default.removeItem(atPath: folder) }
        return try await state.strayRuns().filter { stray in
            if stray.line == nil { state.removeDirectory(of: stray.run) }
            return stray.line != nil
        }
    }

    /// The commands for a run whose process is gone: to continue it if that is possible, and to remove what it left.
    static func remedies(of run: RunRecord) -> String {
        let reap = "matrix reap --run \(run.run) --yes"
        guard run.arguments["command"] == nil, FileManager.default.fileExists(atPath: run.file) else { return "close it with: \(reap)" }
        return "continue it with: matrix resume \(run.run); or remove what it left: \(reap)"
    }

    /// How a run ended whose process is gone, and where its report is.
    static func obituary(of run: RunRecord) -> String {
        let cause = run.owner.isOfAnotherBoot ? "the machine was restarted" : "its process was killed or crashed"
        let report = "\(run.reports)/junit.xml"
        let hint = FileManager.default.fileExists(atPath: report) ? "; what it had not finished is an error in \(report)" : ""
        return "run \(run.run) of \(run.file), started \(Relative.ago(run.started)), died: \(cause)\(hint)"
    }
}
