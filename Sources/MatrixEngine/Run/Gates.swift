import MatrixCore

/// Bounds how many cells are up at once and how many are being created, for each platform.
final class Gates: Sendable {
    private let alive: [String: Gate]
    private let creating: [String: Gate]

    init(_ limits: Limits, platforms: some Sequence<String>) {
        let names = Array(Set(platforms))
        alive = Dictionary(uniqueKeysWithValues: names.map { ($0, Gate(places: limits.platforms[$0]?.alive)) })
        creating = Dictionary(uniqueKeysWithValues: names.map { ($0, Gate(places: limits.platforms[$0]?.create)) })
    }

    /// Waits until the platform may have one more cell.
    func enter(_ platform: String) async throws { try await alive[platform]?.enter() }

    func leave(_ platform: String) { alive[platform]?.leave() }

    /// Runs `work` while no more than the platform's bound are created at once.
    func whileCreating<R>(_ platform: String, _ work: () async throws -> sending R) async throws -> sending R {
        try await creating[platform]?.enter()
        defer { creating[platform]?.leave() }
        return try await work()
    }
}
