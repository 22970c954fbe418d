import MatrixCore
import Testing

@Suite struct CleanupTests {
    @Test func followsSuccess() async throws {
        let journal = Journal()
        let result = try await withCleanup {
            journal.note("body")
            return 7
        } cleanup: {
            journal.note("cleanup")
        }
        #expect(result == 7)
        #expect(journal.all == ["body", "cleanup"])
    }

    @Test func followsAnErrorWhichIsThrownOn() async throws {
        let journal = Journal()
        await #expect(throws: Oops.self) {
            try await withCleanup {
                throw Oops()
            } cleanup: {
                journal.note("cleanup")
            }
        }
        #expect(journal.all == ["cleanup"])
    }

    @Test func isNotCancelledWithTheBodyAndIsAwaited() async throws {
        let journal = Journal()
        let started = Gate()
        let task = Task {
            try await withCleanup {
                await started.open()
                try await untilCancelled()
            } cleanup: {
                journal.note("cancelled: \(Task.isCancelled)")
                // In a cancelled task this would end at once, and by throwing.
                do { try await Task.sleep(for: .milliseconds(20)) } catch { journal.note("\(error)") }
                journal.note("clean")
            }
        }
        await started.wait()
        task.cancel()
        await #expect(throws: CancellationError.self) { try await task.value }
        #expect(journal.all == ["cancelled: false", "clean"])
    }

    @Test func runsEvenIfTheTaskWasCancelledBefore() async throws {
        let journal = Journal()
        let task = Task {
            while !Task.isCancelled { await Task.yield() }
            try await withCleanup {
                try Task.checkCancellation()
            } cleanup: {
                journal.note("cleanup")
            }
        }
        task.cancel()
        await #expect(throws: CancellationError.self) { try await task.value }
        #expect(journal.all == ["cleanup"])
    }

    @Test func nestedOnesRunInnermostFirst() async throws {
        let journal = Journal()
        await #expect(throws: Oops.self) {
            try await withCleanup {
                try await withCleanup {
                    throw Oops()
                } cleanup: {
                    journal.note("inner")
                }
            } cleanup: {
                journal.note("outer")
            }
        }
        #expect(journal.all == ["inner", "outer"])
    }

    @Test func workInTheUncancelledIsFinished() async throws {
        let started = Gate()
        let finish = Gate()
        let task = Task {
            let made = try await uncancelled {
                await started.open()
                await finish.wait()
                try Task.checkCancellation()
                return "made"
            }
            return (made, Task.isCancelled)
        }
        await started.wait()
        task.cancel()
        await finish.open()
        let (made, isCancelled) = try await task.value
        #expect(made == "made")
        #expect(isCancelled)
    }

    @Test func anErrorComesOutOfTheUncancelled() async {
        await #expect(throws: Oops.self) { try await uncancelled { throw Oops() } }
    }
}
