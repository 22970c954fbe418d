import MatrixCore
import Testing

@testable import MatrixPlatforms

struct CoalescerTests {
    @Test func makesAValueOnceForAll() async throws {
        let coalescer = SingleFlight<Int>()
        let calls = MutexBox(0)
        let lines = MutexBox<[String]>([])
        let values = await mapConcurrently(Array(1...20), limit: 20) { _ in
            try? await coalescer.value("key", progress: { line in lines.with { $0.append(line) } }) { progress in
                progress("making")
                await Task.yield()
                return calls.with { calls in
                    calls += 1
                    return calls
                }
            }
        }
        #expect(values.allSatisfy { $0 == 1 })
        #expect(calls.current == 1)
        #expect(lines.current.first == "making")
    }

    @Test func triesAgainAfterAFailure() async throws {
        let coalescer = SingleFlight<Int>()
        await #expect(throws: UsageError.self) { _ = try await coalescer.value("key") { _ in throw UsageError("no") } }
        #expect(try await coalescer.value("key") { _ in 2 } == 2)
    }

    @Test func stopsTheWorkWhenNobodyWaitsAndStartsAnewAfterwards() async throws {
        let coalescer = SingleFlight<Int>()
        let began = AsyncStream<Void>.makeStream()
        let cleaned = MutexBox(false)
        let first = Task {
            try await coalescer.value("key") { _ in
                began.continuation.yield()
                do { try await Task.sleep(for: .seconds(3600)) } catch {
                    await Task { await Task.yield() }.value
                    cleaned.with { $0 = true }
                    throw error
                }
                return 1
            }
        }
        for await _ in began.stream { break }
        first.cancel()
        await #expect(throws: CancellationError.self) { try await first.value }
        let second = try await coalescer.value("key") { _ in cleaned.current ? 2 : 0 }
        #expect(second == 2)
    }

    @Test func letsACancelledCallerGoAndServesTheOthers() async throws {
        let coalescer = SingleFlight<Int>()
        let began = AsyncStream<Void>.makeStream()
        let joined = AsyncStream<Void>.makeStream()
        let goOn = AsyncStream<Void>.makeStream()
        let leaving = Task {
            try await coalescer.value("key") { progress in
                progress("working")
                began.continuation.yield()
                for await _ in goOn.stream { break }
                try Task.checkCancellation()
                return 7
            }
        }
        for await _ in began.stream { break }
        // Who comes late is told the last line at once: then it has joined.
        let staying = Task { try await coalescer.value("key", progress: { _ in joined.continuation.yield() }, make: { _ in 8 }) }
        for await _ in joined.stream { break }
        leaving.cancel()
        await #expect(throws: CancellationError.self) { try await leaving.value }
        goOn.continuation.yield()
        #expect(try await staying.value == 7)
    }
}
