/// How long a platform may take to answer a question that changes nothing: an API may answer byte by byte, or never.
public enum QuestionLimit {
    /// What it cannot provide.
    public static let preflight = Duration.seconds(180)
    /// What all cells cost, and what their hosts would be made from.
    public static let prices = Duration.seconds(120)
    /// Which resources it has.
    public static let listing = Duration.seconds(120)
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
        let end = ContinuousClock.now + limit
        let problems = try? await withDeadline(limit, ask)
        // What it found after its cancellation is about the cancellation.
        if let problems, ContinuousClock.now < end { return problems }
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
        do { return try await withDeadline(limit, work) } catch is DeadlineExceeded {
            throw InfrastructureError("asking \(name) what it has", why: "it did not answer within \(limit.brief)")
        }
    }
}
