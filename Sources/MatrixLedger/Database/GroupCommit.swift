import GRDB
import Synchronization

/// Gathers the writes that arrive while one transaction is being synced and commits them together in the next.
///
/// Calls are not cancelled with their task: what happened outside must reach the disk.
final class GroupCommit: Sendable {
    private struct Job: Sendable {
        /// Does the work and returns a function that reports success to the caller.
        let perform: @Sendable (Database) throws -> @Sendable () -> Void
        let fail: @Sendable (any Error) -> Void
    }

    private let queue: DatabaseQueue
    private let pending = Mutex<[Job]>([])

    init(_ queue: DatabaseQueue) {
        self.queue = queue
    }

    /// Runs `work` in a transaction and returns once that is on disk. It may be run twice, the first time rolled back.
    func write<R: Sendable>(_ work: @escaping @Sendable (Database) throws -> R) async throws -> R {
        try await withCheckedThrowingContinuation { continuation in
            let job = Job(
                perform: { database in
                    let result = try work(database)
                    return { continuation.resume(returning: result) }
                },
                fail: { continuation.resume(throwing: $0) })
            let isFirst = pending.withLock { jobs in
                jobs.append(job)
                return jobs.count == 1
            }
            if isFirst { queue.asyncWriteWithoutTransaction { self.commitPending($0) } }
        }
    }

    /// Runs `work` on one snapshot of the database.
    func read<R: Sendable>(_ work: @escaping @Sendable (Database) throws -> R) async throws -> R {
        try await withCheckedThrowingContinuation { continuation in
            queue.asyncRead { database in
                continuation.resume(with: Result { try work(database.get()) })
            }
        }
    }

    private func commitPending(_ database: Database) {
        let jobs = pending.withLock { jobs in
            defer { jobs = [] }
            return jobs
        }
        do {
            try commit(jobs, database)
        } catch is FailedJob where jobs.count > 1 {
            // One job's error must not fail the others: run each by itself.
            for job in jobs { commitAlone(job, database) }
        } catch {
            let reason = (error as? FailedJob)?.reason ?? error
            for job in jobs { job.fail(reason) }
        }
    }

    private func commitAlone(_ job: Job, _ database: Database) {
        do {
            try commit([job], database)
        } catch {
            job.fail((error as? FailedJob)?.reason ?? error)
        }
    }

    private func commit(_ jobs: [Job], _ database: Database) throws {
        var successes: [@Sendable () -> Void] = []
        try database.inTransaction(.immediate) {
            for job in jobs {
                do { successes.append(try job.perform(database)) } catch { throw FailedJob(reason: error) }
            }
            return .commit
        }
        for succeed in successes { succeed() }
    }
}

/// The work itself failed, not the transaction around it.
private struct FailedJob: Error {
    let reason: any Error
}
