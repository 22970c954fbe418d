import MatrixCore
import MatrixTesting
import Testing

@testable import MatrixEngine

/// What `matrix reap` may take, and what never.
@Suite struct ReapTests {
    private static let now = Timestamp(seconds: 1_800_000_000)
    private let here = ReapFilter(machine: "here", now: now)

    private func resource(_ name: String = "h", run: String = "270115-080000-aaaa", expires: Double? = 3600, platform: String = "scripted")
        -> Resource
    {
        Resource(
            platform: platform, kind: "host", name: name, id: "1", run: RunID(run), cell: "c", host: name,
            expires: expires.map { Self.now + .seconds($0) })
    }

    private func lease(
        _ state: Lease.State = .created, alive: Bool = false, machine: String = "here", expires: Double? = 3600, age: Double = 60
    ) -> Lease {
        Lease(
            id: LeaseID(1), resource: resource(expires: expires), state: state,
            owner: Owner(pid: 1, startTicks: 1, boot: "b", machine: machine),
            isOwnerAlive: alive, since: Timestamp(seconds: Self.now.seconds - age))
    }

    @Test func whatADeadOwnerLeftIsTaken() {
        for state in [Lease.State.intended, .created, .leaked] { #expect(here.takes(lease(state))) }
    }

    @Test func whatIsKeptGoesOnlyWhenItHasExpired() {
        #expect(!here.takes(lease(.kept)))
        #expect(!here.takes(lease(.kept, expires: nil)))
        #expect(here.takes(lease(.kept, expires: -1)))
    }

    @Test func aLivingProcesssOwnIsNeverTaken() {
        #expect(!here.takes(lease(alive: true)))
        #expect(!here.takes(lease(alive: true, expires: -1)), "it works on what has expired")
        var named = here
        named.run = RunID("270115-080000-aaaa")
        #expect(!named.takes(lease(alive: true)))
    }

    /// Its process cannot be seen from here, and is taken to live.
    @Test func anotherMachinesGoesWhenItHasExpiredOrByName() {
        #expect(!here.takes(lease(alive: true, machine: "elsewhere")))
        #expect(here.takes(lease(alive: true, machine: "elsewhere", expires: -1)))
        #expect(here.takes(lease(.kept, alive: true, machine: "elsewhere", expires: -1)))
        #expect(!here.takes(lease(alive: true, machine: "elsewhere", expires: nil)))
        var named = here
        named.run = RunID("270115-080000-aaaa")
        #expect(named.takes(lease(alive: true, machine: "elsewhere")))
        #expect(!named.takes(lease(.kept, alive: true, machine: "elsewhere")), "a kept cell goes by destroy")
        named.run = RunID("270115-080000-bbbb")
        #expect(!named.takes(lease(alive: true, machine: "elsewhere", expires: -1)))
    }

    @Test func runPlatformAndAgeNarrowIt() {
        var filter = here
        filter.olderThan = .seconds(3600)
        #expect(!filter.takes(lease(age: 3599)))
        #expect(filter.takes(lease(age: 3600)))
        filter = here
        filter.platform = "other"
        #expect(!filter.takes(lease()))
        filter.platform = "scripted"
        #expect(filter.takes(lease()))
    }

    @Test func byTagOnlyWhatHasExpiredOrBelongsToTheNamedRun() {
        #expect(here.takesByTag(resource(expires: 0)))
        #expect(!here.takesByTag(resource(expires: 1)))
        #expect(!here.takesByTag(resource(expires: nil)))
        var named = here
        named.run = RunID("270115-080000-aaaa")
        #expect(named.takesByTag(resource(expires: nil)))
        #expect(!named.takesByTag(resource(run: "270115-080000-bbbb", expires: -1)))
    }

    @Test func theAgeOfWhatIsKnownByItsTagIsItsRuns() {
        var filter = here
        filter.olderThan = .seconds(3600)
        // 2027-01-15 08:00:00 UTC is `now`.
        #expect(RunID("270115-080000-aaaa").began == Self.now)
        #expect(!filter.takesByTag(resource(run: "270115-070001-aaaa", expires: -1)))
        #expect(filter.takesByTag(resource(run: "270115-070000-aaaa", expires: -1)))
        #expect(!filter.takesByTag(resource(run: "somebody's", expires: -1)), "an age that is not known is not old")
    }

    /// Another machine with an empty state folder: the tags say all.
    @Test func fromAnotherMachineByTagsAlone() async throws {
        let platform = ScriptedPlatform()
        platform.add(resource("expired", expires: -1))
        platform.add(resource("living", run: "270115-080000-cccc"))
        platform.add(resource("for-ever", run: "270115-080000-dddd", expires: nil))
        let reaper = Reaper(ledger: MemoryLedger(), redactor: Redactor()) { _, _ in nil }
        let findings = try await reaper.find(here, on: ["scripted": platform])
        #expect(findings.tagged.map(\.resource.name) == ["expired"])
        #expect(platform.there.count == 3, "finding takes nothing")
        let outcomes = await reaper.take(findings)
        #expect(outcomes.map(\.line) == ["host expired (id 1) on scripted is gone"])
        #expect(platform.there.map(\.name) == ["for-ever", "living"])
        var named = here
        named.run = RunID("270115-080000-dddd")
        _ = await reaper.take(try await reaper.find(named, on: ["scripted": platform]))
        #expect(platform.there.map(\.name) == ["living"])
    }

    @Test func aPlatformThatCannotBeAskedDoesNotStopTheOthers() async throws {
        let good = ScriptedPlatform("good")
        good.add(resource("expired", expires: -1, platform: "good"))
        let bad = ScriptedPlatform("bad")
        bad.beforeRemaining { throw InfrastructureError("GET", why: "502") }
        let findings = try await Reaper(ledger: MemoryLedger(), redactor: Redactor()) { _, _ in nil }.find(
            here, on: ["good": good, "bad": bad])
        #expect(findings.tagged.count == 1)
        #expect(findings.problems == ["bad could not list the resources with our tag: GET: 502"])
    }

    @Test func whatCannotBeRemovedIsALeakWithItsCommand() async throws {
        let platform = ScriptedPlatform()
        platform.add(resource("expired", expires: -1))
        platform.beforeDestroy { _ in throw InfrastructureError("rm", why: "permission denied", isTransient: false) }
        let reaper = Reaper(ledger: MemoryLedger(), redactor: Redactor()) { _, _ in nil }
        let outcomes = await reaper.take(try await reaper.find(here, on: ["scripted": platform]))
        #expect(outcomes.map(\.problem) == ["rm: permission denied"])
        #expect(outcomes[0].line.contains("matrix reap --run 270115-080000-aaaa --yes"))
    }

    @Test func theWorstStatusOfSeveralCounts() {
        #expect(MatrixCore.ExitStatus.worst(of: [.passed, .failed, .infrastructure]) == .infrastructure)
        #expect(MatrixCore.ExitStatus.worst(of: [.interrupted, .infrastructure]) == .interrupted)
        #expect(MatrixCore.ExitStatus.worst(of: [.leaked, .terminated]) == .leaked)
        #expect(MatrixCore.ExitStatus.worst(of: []) == .passed)
    }
}
