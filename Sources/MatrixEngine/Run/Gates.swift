import MatrixCore

/// Bounds how many cells are being created at once on each platform.
final class Gates: Sendable {
    private let creating: [String: Gate]

    init(_ limits: Limits, platforms: some Sequence<String>) {
        creating = Dictionary(Set(platforms).map { ($0, Gate(places: limits.platforms[$0]?.create)) }) { first, _ in first }
    }

    /// Runs `work` while no more than the platform's bound are created at once.
    func whileCreating<R>(_ platform: String, _ work: () async throws -> sending R) async throws -> sending R {
        try await creating[platform]?.enter()
        defer { creating[platform]?.leave() }
        return try await work()
    }
}
