/// A semaphore: lets a limited number of tasks in at once, first come, first served.
actor Turnstile {
    private let limit: Int
    private var inside = 0
    private var waiting: [(id: Int, continuation: CheckedContinuation<Void, any Error>)] = []
    private var nextID = 0

    init(_ limit: Int) {
        self.limit = max(1, limit)
    }

    /// Waits for a permit, runs `work` and returns the permit.
    nonisolated func pass<R: Sendable>(_ work: () async throws -> R) async throws -> R {
        try await enter()
        do {
            let result = try await work()
            await leave()
            return result
        } catch {
            await leave()
            throw error
        }
    }

    private func enter() async throws {
        if inside < limit {
            inside += 1
            return
        }
        let id = nextID
        nextID += 1
        try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { (continuation: CheckedContinuation<Void, any Error>) in
                if Task.isCancelled { return continuation.resume(throwing: CancellationError()) }
                waiting.append((id, continuation))
            }
        } onCancel: {
            Task { await self.giveUp(id) }
        }
    }

    private func giveUp(_ id: Int) {
        guard let index = waiting.firstIndex(where: { $0.id == id }) else { return }
        waiting.remove(at: index).continuation.resume(throwing: CancellationError())
    }

    private func leave() {
        // The permit goes directly to the next task; it is not free in between.
        if waiting.isEmpty { inside -= 1 } else { waiting.removeFirst().continuation.resume() }
    }
}

/// One ``Turnstile`` per name: a storage, a node.
actor Turnstiles {
    private let limit: Int
    private var known: [String: Turnstile] = [:]

    init(_ limit: Int) {
        self.limit = limit
    }

    func of(_ name: String) -> Turnstile {
        let turnstile = known[name] ?? Turnstile(limit)
        known[name] = turnstile
        return turnstile
    }
}
