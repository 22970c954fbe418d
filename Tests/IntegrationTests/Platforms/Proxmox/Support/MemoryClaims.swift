import MatrixCore

@testable import MatrixPlatforms
@testable import MatrixPlatformsTests

/// A claim book that forgets everything with the process.
actor MemoryClaims: ClaimBook {
    private(set) var claims: [String: RunID] = [:]
    private var dead: Set<String> = []

    /// Ends the process that made all claims: others may take them over.
    func die() { dead = Set(claims.keys) }

    func claim(kind: String, name: String, run: RunID, until: Timestamp?) async throws -> Bool {
        guard claims["\(kind) \(name)"] == nil || dead.contains("\(kind) \(name)") else { return false }
        claims["\(kind) \(name)"] = run
        dead.remove("\(kind) \(name)")
        return true
    }

    func release(kind: String, name: String) async throws { claims["\(kind) \(name)"] = nil }

    func held(kind: String, by run: RunID) async throws -> [String] {
        claims.filter { $0.value == run && $0.key.hasPrefix("\(kind) ") }.map { String($0.key.dropFirst(kind.count + 1)) }
    }
}
