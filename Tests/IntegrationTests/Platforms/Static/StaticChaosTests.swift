import IntegrationSupport
import MatrixCore
import MatrixLedger
import MatrixTesting
import Testing

@testable import MatrixPlatforms
@testable import MatrixPlatformsTests

/// Runs on a pool of hosts that are struck at random calls, while connections break: after `reap` every host is as it was, nobody has
/// it, and the one that another state folder's run has was not touched.
@Suite(.requires()) struct StaticChaosTests {
    private static let runs = PlatformChaos.runs(nightly: 90)
    private static let names = (1...4).map { "rpi-\($0)" }
    private static let stranger = "rpi-5"
    /// Of another machine's state folder, for a day yet.
    private static let lease = ["elsewhere", "261123-050122-zzzz", "\(Int(nearest: (Timestamp.now + .seconds(86_400)).seconds))"]

    @Test func aRunThatIsStruckAtAnyCallLeavesNothing() async throws {
        let shelf = ShelfOfHosts(Self.names + [Self.stranger])
        shelf.change(Self.stranger) { host in
            host.lease = Self.lease
            host.changes = "{}"
            host.isTouched = true
        }
        let before = shelf.hosts
        var tally = try await chaos(shelf).run(Self.runs)
        for (name, host) in shelf.hosts where before[name] != host {
            if name == Self.stranger { tally.foreignTouched.append("\(name): \(host)") } else { tally.leaks.append("\(name): \(host)") }
        }
        print(tally.summary("static hosts", seed: PlatformChaos.seed))
        #expect(tally.runs == Self.runs)
        #expect(tally.faults.values.reduce(0, +) > Self.runs / 2)
        #expect(tally.leaks == [])
        #expect(tally.foreignTouched == [])
        #expect(tally.disagreements == [])
        #expect(shelf.notUnderstood == [])
    }

    private func chaos(_ shelf: ShelfOfHosts) -> PlatformChaos {
        let breaks = Breaks(shelf.answer)
        return PlatformChaos(
            platform: "farm", os: Samples.debian12, cells: 1...2, calls: 1...60,
            drivers: { world in ["farm": world.mortal(try Self.farm(breaks.connector(world), world))] },
            heal: { breaks.tell(&$0) }, repair: { try await Self.repair(shelf, $0, &$1) },
            provision: { host in shelf.change(host.resource.id) { $0.isTouched = true } })
    }

    /// What somebody does by hand with a host whose reset did not come through: puts it right, and lifts the quarantine.
    private static func repair(_ shelf: ShelfOfHosts, _ ledger: SQLiteLedger, _ tally: inout Tally) async throws {
        for host in try await ledger.hosts() where host.quarantine != nil {
            tally.count("a quarantine that was lifted")
            shelf.change(host.name) { $0 = ShelfOfHosts.Host() }
            try await ledger.lift(host.machine)
        }
    }

    private static func farm(_ connector: any Connector, _ world: PlatformChaos.World) throws -> any Platform {
        let machines = (names + [stranger]).enumerated().map { number, name in
            PoolMachine(name: name, address: "10.0.0.\(number + 1)", user: "pi", os: "debian12", roles: [])
        }
        var settings = StaticSettings(source: .hosts(machines), wait: .seconds(2), reset: [])
        settings.connectTimeout = .seconds(2)
        let book = MortalBook(book: world.ledger) { try await world.outage?.pulse() }
        let context = PlatformContext(
            state: world.state, access: world.access, runner: ScriptedTransport(), redactor: Redactor(), pools: book, connector: connector)
        return try StaticPlatform(name: "farm", settings: settings, context: context, book: book, connector: connector)
    }
}
