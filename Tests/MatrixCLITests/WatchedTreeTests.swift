import Foundation
import MatrixCore
import MatrixTesting
import Testing

@testable import MatrixCLI

/// Which saves make a watched run deploy again.
@Suite struct WatchedTreeTests {
    @Test func `A change is a file that is new, gone or written, and comes when nothing changes any more`() async throws {
        let folder = try TemporaryFolder()
        try folder.put("a.yml", "1")
        try folder.put("b.yml", "1")
        try FileManager.default.createDirectory(atPath: "\(folder.path)/reports", withIntermediateDirectories: true)
        let tree = WatchedTree(roots: ["\(folder.path)/a.yml", folder.path], ignored: ["\(folder.path)/reports"])
        let before = await tree.snapshot()
        #expect(before.keys.sorted() == ["\(folder.path)/a.yml", "\(folder.path)/b.yml"])
        try folder.put("a.yml", "12")
        try FileManager.default.removeItem(atPath: "\(folder.path)/b.yml")
        try folder.put("c.yml", "1")
        try folder.put("reports/x", "1")
        let change = try await tree.change(since: before)
        #expect(change.changed == ["a.yml", "b.yml", "c.yml"].map { "\(folder.path)/\($0)" })
        #expect(await tree.snapshot() == change.snapshot)
    }

    @Test func `Waiting for a change ends when it is cancelled`() async throws {
        let folder = try TemporaryFolder()
        try folder.put("a.yml", "1")
        let tree = WatchedTree(roots: [folder.path], ignored: [])
        let before = await tree.snapshot()
        let waiting = Task { try await tree.change(since: before) }
        waiting.cancel()
        await #expect(throws: CancellationError.self) { try await waiting.value }
    }

    private static func cell(_ name: String, _ outcome: Outcome, from start: Double) -> CellResult {
        func at(_ seconds: Double) -> Timestamp { Timestamp(seconds: start + seconds) }
        let phases = [(Phase.create, -100.0, -50.0), (.deploy, 1, 4), (.verify, 4, 5)].map { phase, from, to in
            PhaseResult(phase: phase, attempt: 1, started: at(from), finished: at(to), outcome: .passed)
        }
        return CellResult(
            name: name, point: [], platform: "p", outcome: outcome, queued: at(0), started: at(0), finished: at(5), phases: phases)
    }

    private static func verdict(_ outcomes: [Outcome], seconds: Double) -> String {
        let cells = outcomes.enumerated().map { cell("c\($0)", $1, from: 1000) }
        let result = RunResult(
            run: RunID("261129-120000-aaaa"), matrix: "m", file: "m.yml", started: Timestamp(seconds: 1000),
            finished: Timestamp(seconds: 1005), axes: [], cells: cells)
        return WatchVerdict(results: [result], seconds: seconds, deploys: 7).line(coloured: false)
    }

    @Test func `The line has the time since the save, how much of it is ours, and that the host was used before`() {
        let passed = "✓ 2 of 2 cells passed 5.5s after the save (1.5s of it ours); used host, deploy 7"
        #expect(Self.verdict([.passed, .passed], seconds: 5.5) == passed)
        #expect(
            Self.verdict([.passed, .failed], seconds: 6).hasPrefix("✗ 1 of 2 cells did not pass 6s after the save (2s of it ours)"))
        #expect(Self.verdict([.error], seconds: 6).hasPrefix("! 1 of 1 cell did not pass"))
    }
}
