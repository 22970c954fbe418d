import MatrixCore
import MatrixTesting
import Testing

@testable import MatrixPlatforms

/// Cells that wait for hosts that their run holds. The limits are longer than a test may take.
@Suite struct HandBacksTests {
    private let handBacks = HandBacks()

    @Test func aHandBackEndsAllWaits() async throws {
        let seen = handBacks.count
        let waiting = (1...5).map { _ in Task { [handBacks] in try await handBacks.wait(since: seen, atMost: .seconds(36_000)) } }
        handBacks.announce()
        for wait in waiting { try await wait.value }
    }

    @Test("one between the look and the wait is not missed")
    func inBetween() async throws {
        let seen = handBacks.count
        handBacks.announce()
        try await handBacks.wait(since: seen, atMost: .seconds(36_000))
    }

    @Test func theLimitAndACancellationEndAWait() async throws {
        try await handBacks.wait(since: handBacks.count, atMost: .milliseconds(1))
        let seen = handBacks.count
        let waiting = Task { [handBacks] in try await handBacks.wait(since: seen, atMost: .seconds(36_000)) }
        waiting.cancel()
        await #expect(throws: CancellationError.self) { try await waiting.value }
    }

    @Test("as many cells as hosts: each gets one, whoever asks first")
    func manyCells() async throws {
        let bench = try StaticBench()
        let platform = try bench.platform((1...20).map { bench.machine($0) })
        let lent = try await withThrowingTaskGroup(of: String.self) { group in
            for number in 1...20 {
                let cell = bench.cell(name: "cell-\(number)")
                group.addTask { try await bench.lend(platform, cell).map(\.id).joined() }
            }
            return try await group.reduce(into: Set<String>()) { $0.insert($1) }
        }
        #expect(lent.count == 20)
        #expect(bench.connections.count == 20)
        // Nobody had to queue.
        #expect(try await bench.book.queue().isEmpty)
    }
}
