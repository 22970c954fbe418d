import MatrixCore
import MatrixTesting
import Testing

@testable import MatrixEngine

/// What `matrix status --live` says of a resource.
@Suite struct LiveTests {
    private static let now = Timestamp(seconds: 1_800_000_000)

    private static func resource(_ name: String, expires: Double = 3600) -> Resource {
        Resource(
            platform: "p", kind: "vm", name: name, id: "1", run: RunID("270115-070000-aaaa"), cell: "c", host: name,
            expires: now + .seconds(expires))
    }

    private static func lease(_ name: String, _ state: Lease.State, alive: Bool = false, expires: Double = 3600) -> Lease {
        Lease(
            id: LeaseID(1), resource: resource(name, expires: expires), state: state,
            owner: Owner(pid: 1, startTicks: 1, boot: "b", machine: "m"),
            isOwnerAlive: alive, since: Timestamp(seconds: now.seconds - 5400))
    }

    @Test(arguments: [
        (lease("a", .kept), true, LiveResource.Word.kept), (lease("a", .kept, expires: -1), true, .expired),
        (lease("a", .created, alive: true), true, .running), (lease("a", .intended, alive: true), false, .running),
        (lease("a", .created), true, .left), (lease("a", .leaked, alive: true), true, .left), (lease("a", .kept), false, .lost),
        (lease("a", .created, alive: true), false, .lost), (lease("a", .intended), false, .lost),
    ])
    func aLeaseIs(lease: Lease, isThere: Bool, word: LiveResource.Word) {
        let live = LiveResource.all([lease], owned: ["p": isThere ? [lease.resource] : []], now: Self.now)
        #expect(live.map(\.word) == [word])
    }

    @Test func aPlatformThatCouldNotBeAskedSaysNothing() {
        #expect(LiveResource.all([Self.lease("a", .kept)], owned: [:], now: Self.now).map(\.word) == [.unknown])
    }

    @Test func whatTheLedgerDoesNotKnowIsForeignOrExpired() {
        let owned = [Self.resource("b"), Self.resource("c", expires: -1), Self.resource("a")]
        let live = LiveResource.all([Self.lease("a", .kept)], owned: ["p": owned], now: Self.now)
        #expect(live.map(\.word) == [.kept, .foreign, .expired])
        #expect(live.map(\.resource.name) == ["a", "b", "c"])
    }

    @Test func costsAreThoseOfEveryBegunHourAndOfNothingThatIsLost() {
        let live = LiveResource.all(
            [Self.lease("a", .kept), Self.lease("b", .kept)], owned: ["p": [Self.resource("a"), Self.resource("c")]], now: Self.now
        ) { _ in Price(hourly: 0.5, currency: "USD") }
        #expect(live.map { $0.cost?.amount } == [1.0, nil, 0.5])
    }
}
