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
        var findings = try await reaper.find(ReapFilter(machine: Owner.current().machine))
        findings.leases.removeAll(where: \.isOwnerAlive)
        guard !findings.isEmpty else { return false }
        let count = Set(findings.leases.map(\.resource.run) + findings.runs.map(\.run)).count
        Terminal.error("cleaning up what \(count) dead run\(count > 1 ? "s" : "") left behind")
        let outcomes = await reaper.take(findings, waits: false)
        for outcome in outcomes where outcome.problem != nil { Terminal.error("warning: \(outcome.line)") }
        return outcomes.contains(where: \.isPending)
    }
}
