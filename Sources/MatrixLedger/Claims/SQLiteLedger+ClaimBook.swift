public import MatrixCore

extension SQLiteLedger: ClaimBook {
    public func release(kind: String, name: String) async throws {
        try await release(kind: kind, name: name, run: nil)
    }

    public func held(kind: String, by run: RunID) async throws -> [String] {
        try await claims(kind: kind).filter { $0.run == run }.map(\.name)
    }
}
