import Testing

@testable import MatrixRemote

@Suite(.timeLimit(.minutes(1))) struct ChildProcessTests {
    /// As a client of an SSH master may, which then waits for whoever holds the pipes.
    @Test func aProgramThatMissesTheFirstSignalIsEnded() async throws {
        #expect(try await ending(of: "trap 'trap - TERM' TERM; echo ready; while :; do sleep 0.05; done") == 128 + 15)
    }

    @Test func aProgramThatIgnoresSignalsIsKilled() async throws {
        #expect(try await ending(of: "trap '' TERM; echo ready; while :; do sleep 1; done") == 128 + 9)
    }

    /// Its status, where what it printed was enough.
    private func ending(of script: String) async throws -> Int32 {
        var process = ChildProcess(arguments: ["sh", "-c", script])
        process.grace = .milliseconds(500)
        return try await process.run { _ in .enough }
    }
}
