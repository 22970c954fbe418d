import MatrixCore
import Testing

@Suite struct AsyncSemaphoreTests {
    private let journal = Journal()

    /// A task that waits in the semaphore's queue when this returns; it leaves as soon as it was in.
    private func waiter(_ name: String, in semaphore: AsyncSemaphore) async -> Task<Void, any Error> {
        let queued = Gate()
        let task = Task { [journal] in
            try await semaphore.enter { Task { await queued.open() } }
            journal.note(name)
            semaphore.leave()
        }
        await queued.wait()
        return task
    }

    @Test func waitersEnterInTheOrderInWhichTheyCame() async throws {
        let semaphore = AsyncSemaphore(1)
        try await semaphore.enter()
        var tasks: [Task<Void, any Error>] = []
        for name in ["a", "b", "c"] { tasks.append(await waiter(name, in: semaphore)) }
        #expect(journal.all.isEmpty)
        semaphore.leave()
        for task in tasks { try await task.value }
        #expect(journal.all == ["a", "b", "c"])
    }

    @Test(arguments: [1, 2, 5]) func noMoreAreInThanTheLimit(_ limit: Int) async throws {
        let semaphore = AsyncSemaphore(limit)
        let inside = Counter()
        try await withThrowingTaskGroup(of: Void.self) { group in
            for _ in 0..<50 {
                group.addTask {
                    try await semaphore.withPermit {
                        inside.enter()
                        await Task.yield()
                        inside.leave()
                    }
                }
            }
            try await group.waitForAll()
        }
        #expect(inside.most <= limit && inside.now == 0)
    }

    @Test func withoutALimitNobodyWaits() async throws {
        let semaphore = AsyncSemaphore(nil)
        for _ in 0..<1000 { try await semaphore.enter { Issue.record("it waits") } }
    }

    @Test func aTaskThatIsCancelledBeforeItWaitsHoldsNothing() async throws {
        let semaphore = AsyncSemaphore(1)
        let start = Gate()
        let task = Task {
            await start.wait()
            try await semaphore.withPermit { _ = Issue.record("it is in") }
        }
        task.cancel()
        await start.open()
        await #expect(throws: CancellationError.self) { try await task.value }
        try await semaphore.enter { Issue.record("the place is lost") }
    }

    @Test func aTaskThatIsCancelledWhileItWaitsHoldsNothing() async throws {
        let semaphore = AsyncSemaphore(1)
        try await semaphore.enter()
        let first = await waiter("first", in: semaphore)
        let second = await waiter("second", in: semaphore)
        first.cancel()
        await #expect(throws: CancellationError.self) { try await first.value }
        semaphore.leave()
        try await second.value
        #expect(journal.all == ["second"])
        try await semaphore.enter { Issue.record("the place is lost") }
    }

    @Test func aTaskThatIsCancelledWhenItIsInKeepsItsPlaceAndItsResult() async throws {
        let semaphore = AsyncSemaphore(1)
        let inside = Gate()
        let finish = Gate()
        let task = Task {
            try await semaphore.withPermit {
                await inside.open()
                await finish.wait()
                return Task.isCancelled
            }
        }
        await inside.wait()
        task.cancel()
        let other = await waiter("other", in: semaphore)
        #expect(journal.all.isEmpty)
        await finish.open()
        #expect(try await task.value)
        try await other.value
    }

    @Test func aFailureMakesRoom() async throws {
        let semaphore = AsyncSemaphore(1)
        await #expect(throws: Oops.self) { try await semaphore.withPermit { throw Oops() } }
        try await semaphore.enter { Issue.record("the place is lost") }
    }

    @Test func aLowerLimitHoldsAsSoonAsEnoughHaveLeft() async throws {
        let semaphore = AsyncSemaphore(4)
        for _ in 0..<3 { try await semaphore.enter() }
        semaphore.shrink()
        let task = await waiter("fourth", in: semaphore)
        semaphore.leave()
        #expect(journal.all.isEmpty)
        semaphore.leave()
        try await task.value
        #expect(journal.all == ["fourth"])
    }

    @Test func theLimitStaysAtOne() async throws {
        let semaphore = AsyncSemaphore(2)
        for _ in 0..<3 { semaphore.shrink() }
        for _ in 0..<2 { try await semaphore.enter { Issue.record("nobody was in: the limit stays") } }
        for _ in 0..<3 { semaphore.shrink() }
        semaphore.leave()
        semaphore.leave()
        try await semaphore.enter { Issue.record("one must have room") }
    }

    @Test func noPlaceIsLostInTenThousandRandomCancels() async throws {
        let semaphore = AsyncSemaphore(3)
        let inside = Counter()
        await withTaskGroup(of: Void.self) { group in
            for _ in 0..<10_000 {
                let pause = Int.random(in: 0...3)
                let task = Task {
                    try await semaphore.withPermit {
                        inside.enter()
                        for _ in 0..<pause { await Task.yield() }
                        inside.leave()
                    }
                }
                group.addTask {
                    for _ in 0..<Int.random(in: 0...5) { await Task.yield() }
                    if Bool.random() { task.cancel() }
                    _ = await task.result
                }
            }
        }
        #expect(inside.most <= 3 && inside.now == 0)
        for _ in 0..<3 { try await semaphore.enter { Issue.record("a place is lost") } }
        let fourth = await waiter("fourth", in: semaphore)
        fourth.cancel()
        await #expect(throws: CancellationError.self) { try await fourth.value }
    }

    @Test func aNameHasOneSemaphoreWithItsLimit() async throws {
        let semaphores = KeyedSemaphores { $0 == "narrow" ? 1 : nil }
        #expect(semaphores["a"] === semaphores["a"] && semaphores["a"] !== semaphores["b"])
        for _ in 0..<5 { try await semaphores["wide"].enter { Issue.record("it waits") } }
        try await semaphores["narrow"].enter()
        let task = await waiter("next", in: semaphores["narrow"])
        semaphores["narrow"].leave()
        try await task.value
    }
}
