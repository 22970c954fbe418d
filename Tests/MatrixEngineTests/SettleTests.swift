import MatrixCore
import MatrixTesting
import Synchronization
import Testing

@testable import MatrixEngine

/// Creates whose end nobody saw: an intent is not forgotten while its resource may still appear.
@Suite struct SettleTests {
    private let platform = ScriptedPlatform()
    private let ledger = MemoryLedger()
    private let resource = Resource(
        platform: "scripted", kind: "host", name: "h", run: RunID("261123-050122-dead"), cell: "c", host: "c",
        expires: Timestamp(seconds: 0))

    private func settle() async throws -> LeaseKeeper.Settlement {
        let lease = try #require(try await ledger.open().first)
        return await LeaseKeeper(ledger: ledger, redactor: Redactor()).settle(HeldLease(lease), on: platform, within: .seconds(300))
    }

    @Test func anAbsentResourceStaysOnTheLedgerUntilItCannotComeAnyMore() async throws {
        platform.settles(after: .seconds(3600))
        _ = try await ledger.intend(resource)
        guard case .pending(let until) = try await settle() else { return #expect(Bool(false), "forgotten at once") }
        #expect(until > .now)
        #expect(try await ledger.open().map(\.state) == [.intended])
        // It comes after all, and is found by the next who asks.
        platform.add(resource)
        guard case .gone = try await settle() else { return #expect(Bool(false), "not removed") }
        #expect(platform.there.isEmpty)
        #expect(try await ledger.open().isEmpty)
    }

    @Test func whatDidNotComeInTimeIsForgotten() async throws {
        platform.settles(after: .milliseconds(30))
        _ = try await ledger.intend(resource)
        guard case .pending = try await settle() else { return #expect(Bool(false), "forgotten at once") }
        try await Task.sleep(for: .milliseconds(40))
        guard case .gone = try await settle() else { return #expect(Bool(false), "never forgotten") }
        #expect(try await ledger.open().isEmpty)
    }

    @Test func whereNoCreateCanBeUnderWayNobodyWaits() async throws {
        _ = try await ledger.intend(resource)
        guard case .gone = try await settle() else { return #expect(Bool(false), "kept for nothing") }
    }

    @Test func aResourceWhoseIdIsKnownIsGoneIfItIsAbsent() async throws {
        platform.settles(after: .seconds(3600))
        let lease = try await ledger.intend(resource)
        var made = resource
        made.id = "7"
        try await ledger.created(lease, made)
        guard case .gone = try await settle() else { return #expect(Bool(false), "kept for nothing") }
    }

    /// The create of a run that was killed takes effect while `reap` is at work.
    @Test func aReapFindsWhatAKilledRunsCreateMakesMeanwhile() async throws {
        platform.settles(after: .milliseconds(150))
        _ = try await ledger.intend(resource)
        let asked = CallCounter()
        platform.beforeRemaining { [platform, resource] in if asked.next() == 2 { platform.add(resource) } }
        let reaper = Reaper(ledger: ledger, redactor: Redactor()) { [platform] _, _ in platform }
        try await ledger.begin(record)
        let outcomes = await reaper.remove(try await ledger.open())
        #expect(outcomes.map(\.problem) == [nil])
        #expect(asked.next() > 2)
        #expect(platform.there.isEmpty)
        #expect(try await ledger.open().isEmpty)
    }

    @Test func whoDoesNotWaitLeavesItToTheNext() async throws {
        platform.settles(after: .seconds(3600))
        _ = try await ledger.intend(resource)
        try await ledger.begin(record)
        let reaper = Reaper(ledger: ledger, redactor: Redactor()) { [platform] _, _ in platform }
        let outcomes = await reaper.remove(try await ledger.open(), waits: false)
        #expect(outcomes.map(\.isPending) == [true])
        #expect(try await ledger.open().count == 1)
    }

    /// The reply to a create is lost, and the platform makes the host only after its run asked for it.
    @Test func aRunsOwnLateCreateIsSweptBeforeItEnds() async throws {
        let fixture = Fixture()
        fixture.platform.settles(after: .milliseconds(200))
        let wanted = Mutex<Resource?>(nil)
        fixture.platform.beforeCreate { resource in
            guard resource.host != nil else { return }
            wanted.withLock { $0 = resource }
            throw InfrastructureError("POST", why: "connection reset", isTransient: false)
        }
        // Whoever asks once more when 150 ms have passed since the first question finds it.
        let firstAsked = Mutex<ContinuousClock.Instant?>(nil)
        let made = CallCounter()
        fixture.platform.beforeRemaining { [platform = fixture.platform] in
            guard var late = wanted.withLock({ $0 }) else { return }
            let first = firstAsked.withLock { first in
                first = first ?? .now
                return first ?? .now
            }
            guard first.duration(to: .now) >= .milliseconds(150), made.next() == 1 else { return }
            late.id = "late"
            platform.add(late)
        }
        let result = await fixture.run(Fixture.plan([Fixture.cell()]))
        #expect(result.exitStatus == .infrastructure)
        #expect(made.next() > 1, "it was made after all")
        #expect(fixture.platform.there.isEmpty)
        #expect(try await fixture.ledger.open().isEmpty)
    }

    @Test func aDestroyIsTriedUntilItsDeadline() async throws {
        let tries = CallCounter()
        platform.beforeDestroy { _ in if tries.next() <= 12 { throw InfrastructureError("rm", why: "state improper") } }
        platform.add(resource)
        let id = try await ledger.intend(resource)
        let keeper = LeaseKeeper(
            ledger: ledger, redactor: Redactor(), backoff: Backoff(first: .milliseconds(1), factor: 1, most: .milliseconds(1)))
        #expect(await keeper.release(HeldLease(id: id, resource: resource), on: platform, within: .seconds(600)) == nil)
        #expect(platform.there.isEmpty)
    }

    @Test func aDestroyThatNeverWorksEndsWithWhatItLastSaid() async throws {
        platform.beforeDestroy { _ in throw InfrastructureError("rm", why: "state improper") }
        platform.add(resource)
        let id = try await ledger.intend(resource)
        let keeper = LeaseKeeper(
            ledger: ledger, redactor: Redactor(), backoff: Backoff(first: .milliseconds(5), factor: 1, most: .milliseconds(5)))
        let leak = await keeper.release(HeldLease(id: id, resource: resource), on: platform, within: .milliseconds(50))
        #expect(leak?.command == "matrix reap --run 261123-050122-dead --yes")
        #expect(try await ledger.open().map(\.state) == [.leaked])
    }

    private var record: RunRecord {
        RunRecord(
            run: resource.run, matrix: "m", file: "/m.yml", started: .now, owner: Owner(pid: 1, startTicks: 1, boot: "b", machine: "m"),
            platforms: [:], reports: "/r")
    }
}
