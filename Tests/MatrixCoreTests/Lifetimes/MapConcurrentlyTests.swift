import MatrixCore
import Synchronization
import Testing

@Suite struct MapConcurrentlyTests {
    @Test func orderIsKeptWhoeverIsFirst() async {
        let gates = (0..<6).map { _ in Gate() }
        let outputs = await mapConcurrently(Array(0..<6), limit: 6) { number in
            // Each waits for the one after it: they end last to first.
            if number < 5 { await gates[number + 1].wait() }
            await gates[number].open()
            return "\(number)"
        }
        #expect(outputs == ["0", "1", "2", "3", "4", "5"])
    }

    @Test(arguments: [1, 2, 7, 100]) func noMoreRunAtOnceThanMay(limit: Int) async {
        let running = Mutex((now: 0, most: 0))
        let outputs = await mapConcurrently(Array(0..<60), limit: limit) { number in
            running.withLock { $0 = ($0.now + 1, max($0.most, $0.now + 1)) }
            for _ in 0..<10 { await Task.yield() }
            running.withLock { $0.now -= 1 }
            return number
        }
        #expect(outputs == Array(0..<60))
        #expect(running.withLock { $0.most } <= limit)
    }

    @Test func theLimitIsUsed() async {
        // Ends only if three run at once.
        let gates = (0..<3).map { _ in Gate() }
        let outputs = await mapConcurrently(Array(0..<3), limit: 3) { number in
            await gates[number].open()
            for gate in gates { await gate.wait() }
            return number
        }
        #expect(outputs.count == 3)
    }

    @Test(arguments: [0, -1, Int.min]) func aLimitBelowOneIsOne(limit: Int) async {
        #expect(await mapConcurrently([1, 2, 3], limit: limit) { $0 } == [1, 2, 3])
    }

    @Test func nothingGivesNothing() async {
        #expect(await mapConcurrently([Int](), limit: 4) { $0 } == [])
    }

    @Test func aNilIsAnOutputToo() async {
        let outputs: [Int?] = await mapConcurrently([1, 2, 3], limit: 2) { $0 == 2 ? nil : $0 }
        #expect(outputs == [1, nil, 3])
    }

    @Test func oneFailureLeavesTheOthers() async {
        let outputs = await mapConcurrently(Array(0..<20), limit: 4) { number -> Result<Int, Oops> in
            number == 3 ? .failure(Oops()) : .success(number)
        }
        #expect(outputs.count { (try? $0.get()) != nil } == 19)
        #expect(outputs[3] == .failure(Oops()))
    }

    @Test func cancellationReachesAllAndEachIsCleanedUp() async throws {
        let journal = Journal()
        let started = Gate()
        let task = Task {
            await mapConcurrently(Array(0..<6), limit: 2) { number in
                do {
                    try await withCleanup {
                        journal.note("created")
                        await started.open()
                        try await untilCancelled()
                    } cleanup: {
                        try? await Task.sleep(for: .milliseconds(5))
                        journal.note("destroyed")
                    }
                } catch {}
                return number
            }
        }
        await started.wait()
        task.cancel()
        #expect(await task.value == Array(0..<6))
        #expect(journal.all.count { $0 == "created" } == 6)
        #expect(journal.all.count { $0 == "destroyed" } == 6)
    }
}
