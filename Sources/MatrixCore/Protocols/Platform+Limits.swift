/// How long a platform may take to answer a question that changes nothing: an API may answer byte by byte, or never.
public enum QuestionLimit {
    /// What it cannot provide.
    public static let preflight = Duration.seconds(180)
    /// What all cells cost, and what their hosts would be made from.
    public static let prices = Duration.seconds(120)
    /// What there is to see of a host that did not come up.
    public static let evidence = Duration.seconds(30)
    /// Which resources it has.
    public static let listing = Duration.seconds(120)
}

/// As ``withDeadline(_:_:)``, for a question that makes nothing: what is answered after the limit is no answer.
public func answered<R: Sendable>(within limit: Duration, _ ask: @escaping @Sendable () async throws -> R) async throws -> R {
    let end = ContinuousClock.now + limit
    return try await withDeadline(limit) {
        let answer = try await ask()
        // What it says after its cancellation is about the cancellation: a list may be empty for no other reason.
        if Task.isCancelled, ContinuousClock.now >= end { throw DeadlineExceeded(limit: limit) }
        return answer
    }
}

extension Platform {
    /// As ``preflight(_:)``; if it takes too long, that is the problem.
    public func preflight(_ cells: [CellPlan], within limit: Duration) async -> [PreflightProblem] {
        await asked(within: limit) { await self.preflight(cells) }
    }

    /// As ``preflight(_:possible:)``; if it takes too long, that is the problem.
    public func preflight(
        _ cells: [CellPlan], within limit: Duration, possible: @escaping @Sendable (_ cell: String) -> Void
    ) async -> [PreflightProblem] {
        await asked(within: limit) { await self.preflight(cells, possible: possible) }
    }

    private func asked(
        within limit: Duration, _ ask: @escaping @Sendable () async -> [PreflightProblem]
    ) async -> [PreflightProblem] {
        if let problems = try? await answered(within: limit, ask) { return problems }
        return [
            PreflightProblem(
                .error, "it did not answer within \(limit.brief)", next: "see what it waits for: matrix doctor FILE --log-level debug")
        ]
    }

    /// As ``owned()``, with an end.
    public func owned(within limit: Duration) async throws -> [Resource] {
        try await listed(within: limit) { try await self.owned() }
    }

    /// As ``remaining(of:)``, with an end.
    public func remaining(of run: RunID, within limit: Duration) async throws -> [Resource] {
        try await listed(within: limit) { try await self.remaining(of: run) }
    }

    private func listed(within limit: Duration, _ work: @escaping @Sendable () async throws -> [Resource]) async throws -> [Resource] {
        do { return try await answered(within: limit, work) } catch is DeadlineExceeded {
            throw InfrastructureError("asking \(name) what it has", why: "it did not answer within \(limit.brief)")
        }
    }
}
