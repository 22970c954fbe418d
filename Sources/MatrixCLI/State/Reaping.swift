import MatrixCore
import MatrixEngine
import MatrixLedger

/// The reaper of a state folder: drivers are made from what the ledger kept of each run, and a clean run's keys go.
struct Reaping {
    let state: StateFolder
    let redactor: Redactor

    var reaper: Reaper {
        let maker = PlatformMaker(state, redactor: redactor)
        return Reaper(ledger: state.ledger, redactor: redactor) { name, record in
            try await maker.make(name, of: record)
        } runIsClean: { [state] run in
            state.removeDirectory(of: run)
        }
    }

    /// Whether a lease stays up on purpose, for now.
    static func isKept(_ lease: Lease) -> Bool { ReapFilter(machine: Owner.current().machine).isKept(lease) }

    /// Takes back what runs left whose process is gone (a kill, a power cut), before or after another run.
    ///
    /// - Returns: whether something stays on the ledger until its create cannot be under way any more.
    func sweepDeadRuns() async throws -> Bool {
        var findings = try await reaper.find(ReapFilter(machine: Owner.current().machine))
        findings.leases.removeAll(where: \.isOwnerAlive)
        guard !findings.isEmpty else { return false }
        let count = Set(findings.leases.map(\.resource.run) + findings.runs.map(\.run)).count
        Terminal.error("taking back what \(count) run\(count > 1 ? "s" : "") left that ended without teardown")
        let outcomes = await reaper.take(findings, waits: false)
        for outcome in outcomes where outcome.problem != nil { Terminal.error("warning: \(outcome.line)") }
        return outcomes.contains(where: \.isPending)
    }
}
