import Testing

@testable import MatrixCore

@Suite struct DeadlineTests {
    @Test func whatIsDoneInTimeIsReturned() async throws {
        #expect(try await withDeadline(.seconds(3600)) { 7 } == 7)
    }

    @Test func anErrorInTimeIsThrownOn() async {
        await #expect(throws: Oops.self) { try await withDeadline(.seconds(3600)) { throw Oops() } }
    }

    @Test func whatTakesTooLongIsCancelledAndAwaited() async {
        let journal = Journal()
        let error = await #expect(throws: DeadlineExceeded.self) {
            try await withDeadline(.milliseconds(20)) {
                do { try await untilCancelled() } catch { journal.note("cancelled") }
                await Task.yield()
                journal.note("taken down")
                throw Oops()
            }
        }
        #expect(error?.description == "not done after \(Duration.milliseconds(20).brief)")
        #expect(journal.all == ["cancelled", "taken down"])
    }

    @Test func whatIsStillDoneIsReturned() async throws {
        let made = try await withDeadline(.milliseconds(1)) {
            try? await untilCancelled()
            return "made"
        }
        #expect(made == "made")
    }

    @Test func aNilThatIsDoneLateIsAResultToo() async throws {
        let made = try await withDeadline(.milliseconds(1)) { () async throws -> Int? in
            try? await untilCancelled()
            return nil
        }
        #expect(made == nil)
    }

    @Test func theCallersCancellationIsNoDeadline() async {
        let started = Gate()
        let task = Task {
            try await withDeadline(.seconds(3600)) {
                await started.open()
                try await untilCancelled()
            }
        }
        await started.wait()
        task.cancel()
        await #expect(throws: CancellationError.self) { try await task.value }
    }

    /// What was made while the caller was being cancelled must reach the caller, who takes it down.
    @Test(arguments: 0..<50) func nothingIsLostWhereTheCallerIsCancelled(_: Int) async throws {
        let started = Gate()
        let task = Task {
            try await withDeadline(.seconds(3600)) {
                await started.open()
                try? await untilCancelled()
                for _ in 0..<5 { await Task.yield() }
                return "made"
            }
        }
        await started.wait()
        task.cancel()
        #expect(try await task.value == "made")
    }

    @Test(arguments: 0..<50) func aPhotoFinishIsOneOrTheOther(_: Int) async {
        let journal = Journal()
        do {
            let made = try await withDeadline(.milliseconds(2)) {
                try await Task.sleep(for: .milliseconds(2))
                journal.note("made")
                return "made"
            }
            #expect(made == "made")
        } catch {
            #expect(error is DeadlineExceeded)
            #expect(journal.all.isEmpty, "what was made is never lost")
        }
    }

    @Test func noTimeAtAllIsTooShort() async {
        await #expect(throws: DeadlineExceeded.self) { try await withDeadline(.zero) { try await untilCancelled() } }
        await #expect(throws: DeadlineExceeded.self) { try await withDeadline(.seconds(-1)) { try await untilCancelled() } }
    }

    @Test func theInnerDeadlineIsNotTheOuterOne() async {
        let error = await #expect(throws: DeadlineExceeded.self) {
            try await withDeadline(.seconds(3600)) {
                try await withDeadline(.milliseconds(10)) { try await untilCancelled() }
            }
        }
        #expect(error?.limit == .milliseconds(10))
    }
}
