import IntegrationSupport
import MatrixConformance
import MatrixCore
import MatrixTesting
import Synchronization
import Testing

@testable import MatrixPlatforms
@testable import MatrixPlatformsTests

/// The promises of the driver `proxmox`, on fakepve.
@Suite(.requires(.fakepve)) struct ProxmoxConformanceTests {
    @Test(arguments: Promise.allCases) func proxmox(keeps promise: Promise) async throws {
        await expectKept(promise, by: "proxmox", try await ProxmoxHarness(), strikes: 12)
    }
}

private final class ProxmoxHarness: ConformanceHarness {
    let platform = "proxmox"
    let promises = ProxmoxDriver.declaration.promises(nil)
    let world: ConformanceWorld
    let fake: FakeProxmox
    private let strangers = Mutex(0)

    init() async throws {
        world = try ConformanceWorld()
        fake = try await FakeProxmox()
    }

    var ledger: any Ledger { world.ledger }
    func record(of run: RunID) -> RunRecord { world.record(of: run, platforms: [platform]) }
    func cell(_ name: String, size: HostSize) -> CellPlan { ConformanceWorld.cell(name, Fixtures.debian12, on: platform, size: size) }

    func drivers(of run: RunID, through line: OutsideLine) async throws -> [String: any Platform] {
        var context = Fixtures.context(
            secrets: ["token.secret": FakeProxmox.tokenSecret, "login.password": "secret"], state: world.state,
            connector: line.connector(FixedConnector(NodeTransport(fake))), claims: world.ledger, access: world.access(run))
        context.web = { line.web($0) }
        let made = try ProxmoxDriver.platform(fake.settings(), in: context, pace: Fixtures.pace)
        return [platform: MortalPlatform(made, settles: .seconds(1))]
    }

    func inventory() async throws -> [String: String]? {
        Dictionary(try await fake.machines().map { ("\($0["vmid"]?.text ?? "") \($0["name"]?.text ?? "")", $0["config"]?.json ?? "") }) {
            first, _ in first
        }
    }

    /// Names of machines are not unique.
    func putStranger(named resource: Resource) async throws -> Bool {
        let vmid = strangers.withLock { number in
            number += 1
            return 20_900 + number
        }
        try await fake.scenario(
            "add", ["vmid": .int(vmid), "vmname": .string(resource.name), "config": ["name": .string(resource.name), "memory": "512"]])
        return true
    }

    func size(of resource: Resource) async throws -> HostSize? {
        let config = try await fake.machines().first { $0["name"]?.text == resource.name }?["config"]
        return HostSize(
            cores: config?["cores"].flatMap { Int($0.text) }, memory: config?["memory"].flatMap { Int($0.text) }.map { $0 << 20 })
    }
}
