internal import MatrixCore

/// What the ledger says about a cell's machines at one moment.
struct PoolView: Sendable {
    /// By machine.
    var records: [String: PoolHost]
    /// Machines that earlier cells wait for.
    var promised: Set<String>
    /// How many cells came earlier.
    var ahead: Int
    /// How many of them belong to other runs.
    var othersAhead: Int

    /// The quarantined ones, each with its reason: `rpi-02 (reset failed)`.
    var quarantined: [String: String] {
        records.compactMapValues { record in record.quarantine.map { "\(record.name) (\($0.why.prefix { $0 != "\n" }))" } }
    }

    func isFree(_ machine: PoolMachine) -> Bool {
        guard let record = records[machine.id], !promised.contains(machine.id) else { return false }
        return record.quarantine == nil && record.holder?.isInUse != true
    }

    private var held: [(host: PoolHost, holder: PoolHost.Holder)] {
        records.values.sorted { $0.name < $1.name }.compactMap { host in host.holder.flatMap { $0.isInUse ? (host, $0) : nil } }
    }

    /// Whether another run is in the way, not only cells of this run.
    func isHeldByOthers(than run: RunID) -> Bool { held.contains { $0.holder.run != run } || held.isEmpty && othersAhead > 0 }

    /// Which cell holds which host.
    var holders: String {
        let parts = held.map { "\($0.host.name) is held by \($0.holder.cell) of run \($0.holder.run) (process \($0.holder.owner.pid))" }
        return parts.isEmpty ? "\(ahead) cell\(ahead == 1 ? "" : "s") came earlier" : parts.joined(separator: ", ")
    }

    /// Why a cell waits.
    func reason(_ wish: String) -> String {
        "waiting for \(wish): \(holders)" + (ahead > 0 && !held.isEmpty ? "; \(ahead) ahead in the queue" : "")
    }
}
