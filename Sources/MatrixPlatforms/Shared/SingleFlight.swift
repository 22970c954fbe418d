internal import Synchronization

/// Makes a value once for all tasks that ask for it. All of them see the progress. The work stops when no task waits any more.
actor SingleFlight<Value: Sendable> {
    typealias Progress = @Sendable (String) -> Void

    private struct Job {
        var task: Task<Void, Never>?
        var waiters: [Int: CheckedContinuation<Value, any Error>] = [:]
        let audience = ProgressListeners()
        /// The last waiter left and the work is being cancelled. The next task that asks waits for its end first.
        var isAbandoned = false
    }

    private var made: [String: Value] = [:]
    private var jobs: [String: Job] = [:]
    private var nextWaiter = 0

    /// The value of `key`, made by `make` unless it is there or being made.
    ///
    /// - Throws: to all waiting tasks what `make` throws; to a cancelled caller at once `CancellationError`.
    func value(_ key: String, progress: @escaping Progress = { _ in }, make: @escaping @Sendable (@escaping Progress) async throws -> Value)
        async throws -> Value
    {
        if let value = made[key] { return value }
        while let job = jobs[key], job.isAbandoned { await job.task?.value }
        if let value = made[key] { return value }
        try Task.checkCancellation()
        nextWaiter += 1
        let waiter = nextWaiter
        return try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { continuation in
                join(key, waiter, continuation, progress, make)
            }
        } onCancel: {
            Task { await self.leave(key, waiter) }
        }
    }

    /// Forgets a value: the next task that asks has it made anew.
    func forget(_ key: String) { made[key] = nil }

    private func join(
        _ key: String, _ waiter: Int, _ continuation: CheckedContinuation<Value, any Error>, _ progress: @escaping Progress,
        _ make: @escaping @Sendable (@escaping Progress) async throws -> Value
    ) {
        // The cancellation handler may have run before this.
        if Task.isCancelled { return continuation.resume(throwing: CancellationError()) }
        var job = jobs[key] ?? Job()
        job.waiters[waiter] = continuation
        job.audience.add(waiter, progress)
        if job.task == nil {
            let audience = job.audience
            job.task = Task { await self.run(key, audience, make) }
        }
        jobs[key] = job
    }

    private func run(_ key: String, _ audience: ProgressListeners, _ make: @Sendable (@escaping Progress) async throws -> Value) async {
        let outcome: Result<Value, any Error>
        do { outcome = .success(try await make { audience.tell($0) }) } catch { outcome = .failure(error) }
        if case .success(let value) = outcome { made[key] = value }
        let waiters = jobs.removeValue(forKey: key)?.waiters ?? [:]
        for waiter in waiters.values { waiter.resume(with: outcome) }
    }

    private func leave(_ key: String, _ waiter: Int) {
        guard let continuation = jobs[key]?.waiters.removeValue(forKey: waiter) else { return }
        jobs[key]?.audience.remove(waiter)
        continuation.resume(throwing: CancellationError())
        guard jobs[key]?.waiters.isEmpty ?? false else { return }
        jobs[key]?.isAbandoned = true
        jobs[key]?.task?.cancel()
    }
}

/// The listeners of one piece of work. A late one gets the last line first.
private final class ProgressListeners: Sendable {
    typealias Listener = @Sendable (String) -> Void

    private struct State {
        var listeners: [Int: Listener] = [:]
        var lastLine: String?
    }

    private let state = Mutex(State())

    func add(_ id: Int, _ listener: @escaping Listener) {
        let line = state.withLock { state in
            state.listeners[id] = listener
            return state.lastLine
        }
        if let line { listener(line) }
    }

    func remove(_ id: Int) {
        state.withLock { $0.listeners[id] = nil }
    }

    func tell(_ line: String) {
        let listeners = state.withLock { state in
            state.lastLine = line
            return Array(state.listeners.values)
        }
        for listener in listeners { listener(line) }
    }
}
