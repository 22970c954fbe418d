import IntegrationSupport
import MatrixConformance
import MatrixCore
import MatrixLedger
import MatrixTesting
import Testing

@testable import MatrixPlatforms
@testable import MatrixPlatformsTests

/// The promises of the driver `static`, on hosts of a shelf.
@Suite(.requires()) struct StaticConformanceTests {
    @Test(arguments: Promise.allCases) func staticHosts(keep promise: Promise) async throws {
        let harness = try StaticHarness()
        await expectKept(promise, by: "static", harness)
        #expect(harness.shelf.notUnderstood == [])
    }
}

private struct StaticHarness: ConformanceHarness {
    private static let names = (1...4).map { "rpi-\($0)" }

    let platform = "farm"
    let promises = StaticDriver.declaration.promises(nil)
    let world: ConformanceWorld
    let shelf = ShelfOfHosts(StaticHarness.names)

    init() throws {
        world = try ConformanceWorld()
    }

    var ledger: any Ledger { world.ledger }
    func record(of run: RunID) -> RunRecord { world.record(of: run, platforms: [platform]) }
    func cell(_ name: String, size: HostSize) -> CellPlan { ConformanceWorld.cell(name, Samples.debian12, on: platform, size: size) }

    func drivers(of run: RunID, through line: OutsideLine) async throws -> [String: any Platform] {
        let machines = Self.names.enumerated().map { number, name in
            PoolMachine(name: name, address: "10.0.0.\(number + 1)", user: "pi", os: "debian12", roles: [])
        }
        var settings = StaticSettings(source: .hosts(machines), wait: .seconds(2), reset: [])
        settings.connectTimeout = .seconds(2)
        let connector = line.connector(ShelfConnector(shelf: shelf))
        let book = MortalBook(book: world.ledger) { try line.requireLife() }
        let context = PlatformContext(
            state: world.state, access: world.access(run), runner: ScriptedTransport(), redactor: Redactor(), pools: book,
            connector: connector)
        return [platform: try StaticPlatform(name: platform, settings: settings, context: context, book: book, connector: connector)]
    }

    func inventory() async throws -> [String: String]? { shelf.hosts.mapValues { "\($0)" } }

    /// Another state folder's run has a host; it has no name that could be taken.
    func putStranger(named resource: Resource) async throws -> Bool {
        shelf.change("rpi-4") { host in
            host.lease = ["elsewhere", "261123-050122-zzzz", "\(Int(nearest: (Timestamp.wall + .seconds(86_400)).seconds))"]
            host.changes = "{}"
        }
        return true
    }

    /// Lifts quarantines from hosts that somebody put right.
    func repair() async throws {
        for host in try await world.ledger.hosts() where host.quarantine != nil {
            shelf.change(host.name) { $0 = ShelfOfHosts.Host() }
            try await world.ledger.lift(host.machine)
        }
    }
}

private struct ShelfConnector: Connector {
    let shelf: ShelfOfHosts

    func connect(to endpoint: Endpoint, waiting: @escaping @Sendable (String) -> Void) async throws -> any Transport {
        let host = ScriptedTransport()
        host.answer { [shelf] in try shelf.answer($0, on: endpoint.alias) }
        return PartedHost(base: host, sessions: MutexBox(0))
    }
}
