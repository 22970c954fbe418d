import Foundation
import MatrixCore
import MatrixLedger

/// The cost of the ledger: every transition of many resources on disk, written in parallel as by cells.
struct LedgerRow: Row {
    let name = "ledger"

    func measure(_ scale: Scale, in folder: String) async throws -> [Measurement] {
        let count = scale.of(1000)
        let ledger = try SQLiteLedger(state: folder)
        let run = RunID("261123-000000-bnch")
        try await ledger.begin(
            RunRecord(run: run, matrix: "bench", file: "m.yml", started: .now, owner: .current(), platforms: [:], reports: folder))
        let started = ContinuousClock.now
        try await withThrowingTaskGroup(of: Void.self) { group in
            for worker in 0..<20 {
                group.addTask {
                    for number in stride(from: worker, to: count, by: 20) { try await live(number, run, ledger) }
                }
            }
            try await group.waitForAll()
        }
        let seconds = (ContinuousClock.now - started).inSeconds
        guard try await ledger.open().isEmpty else { throw BenchError("the ledger still holds leases") }
        return [
            Measurement(
                row: name, what: "\(count) resources made and destroyed, fsynced", value: seconds, unit: "s", limit: scale.limit(5),
                note: "20 at once, 3 transitions each")
        ]
    }

    private func live(_ number: Int, _ run: RunID, _ ledger: SQLiteLedger) async throws {
        var resource = Resource(
            platform: "bench", kind: "host", name: "host-\(number)", run: run, cell: "cell-\(number)", host: "host-\(number)")
        let lease = try await ledger.intend(resource)
        resource.id = "id-\(number)"
        try await ledger.created(lease, resource)
        try await ledger.destroyed(lease)
    }
}
