import MatrixCore
import MatrixTesting

@testable import MatrixPlatforms
@testable import MatrixPlatformsTests

/// A pool's book that a dead run writes into no more.
struct MortalBook: PoolBook {
    let book: any PoolBook
    /// Throws if its process is dead.
    let pulse: @Sendable () async throws -> Void

    func know(_ names: [String: String], of pool: String) async throws { try await alive { try await $0.know(names, of: pool) } }
    func hosts() async throws -> [PoolHost] { try await alive { try await $0.hosts() } }

    func lease(_ seats: [String: String], of pool: String, run: RunID, cell: String, until: Timestamp?) async throws -> Bool {
        try await alive { try await $0.lease(seats, of: pool, run: run, cell: cell, until: until) }
    }

    func note(_ changes: Value, on machine: String) async throws { try await alive { try await $0.note(changes, on: machine) } }
    func restore(_ machine: String, needsReset: Bool, changes: Value?) async throws {
        try await alive { try await $0.restore(machine, needsReset: needsReset, changes: changes) }
    }

    func clean(_ machine: String) async throws { try await alive { try await $0.clean(machine) } }
    func adopt(_ machine: String, of run: RunID) async throws -> Bool { try await alive { try await $0.adopt(machine, of: run) } }

    func giveBack(_ machine: String, of run: RunID, isClean: Bool) async throws {
        try await alive { try await $0.giveBack(machine, of: run, isClean: isClean) }
    }

    func quarantine(_ machine: String, because reason: String) async throws {
        try await alive { try await $0.quarantine(machine, because: reason) }
    }
    func lift(_ machine: String) async throws { try await alive { try await $0.lift(machine) } }

    func join(_ pool: String, run: RunID, cell: String, count: Int, machines: [String]) async throws -> PoolWaiter {
        try await alive { try await $0.join(pool, run: run, cell: cell, count: count, machines: machines) }
    }

    func leave(_ waiter: PoolWaiter) async throws { try await alive { try await $0.leave(waiter) } }
    func queue() async throws -> [PoolWaiter] { try await alive { try await $0.queue() } }

    private func alive<R>(_ work: (any PoolBook) async throws -> R) async throws -> R {
        try await pulse()
        return try await work(book)
    }
}
