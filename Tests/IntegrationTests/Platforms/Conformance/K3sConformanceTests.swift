import IntegrationSupport
import MatrixConformance
import MatrixCore
import MatrixTesting
import Testing

@testable import MatrixPlatforms
@testable import MatrixPlatformsTests

/// The promises of the driver `k3s` about its hosts, which a lender makes.
@Suite(.requires(.helperPrograms)) struct K3sConformanceTests {
    @Test(arguments: Promise.allCases) func theHostsOfClusters(keep promise: Promise) async throws {
        await expectKept(promise, by: "k3s", try K3sHarness())
    }
}

private struct K3sHarness: ConformanceHarness {
    let platform = "k3s"
    let promises = K3sSettings.declaration.promises(nil)
    let world: ConformanceWorld
    private let cloud: FolderCloud

    init() throws {
        world = try ConformanceWorld()
        cloud = try FolderCloud("lender", in: "\(world.state)/cloud", dice: Dice(seed: 1), faultiness: 0, settles: .milliseconds(200))
    }

    var ledger: any Ledger { world.ledger }
    func record(of run: RunID) -> RunRecord { world.record(of: run, platforms: ["k3s", "lender"]) }

    func cell(_ name: String, size: HostSize) -> CellPlan {
        ConformanceWorld.cell(name, Samples.debian12, on: platform, size: size, groups: [Cluster.controlGroup])
    }

    func drivers(of run: RunID, through line: OutsideLine) async throws -> [String: any Platform] {
        let lender = LinePlatform(platform: cloud, line: line)
        let context = PlatformContext(
            state: world.state, access: world.access(run), runner: ScriptedTransport(), redactor: Redactor(), lenders: ["lender": lender])
        let settings = K3sSettings(ConformanceWorld.document(["nodes": "lender"]))
        return ["lender": lender, "k3s": K3sPlatform(name: "k3s", settings: settings, context: context)]
    }

    func inventory() async throws -> [String: String]? { cloud.there.mapValues { "\($0.tags.sorted())" } }

    func putStranger(named resource: Resource) async throws -> Bool {
        try cloud.put(FolderCloud.Thing(resource, tags: ["production"]))
        return true
    }
}

/// A platform whose calls use a line.
private struct LinePlatform: Platform {
    let platform: any Platform
    let line: OutsideLine

    var name: String { platform.name }
    func preflight(_ cells: [CellPlan]) async -> [PreflightProblem] { await platform.preflight(cells) }

    func resources(for cell: CellPlan, run: RunID, expires: Timestamp?) -> [[Resource]] {
        platform.resources(for: cell, run: run, expires: expires)
    }

    func create(_ resource: Resource, for cell: CellPlan) async throws -> Resource {
        try await call(changes: true) { try await platform.create(resource, for: cell) }
    }

    func ready(_ resource: Resource, for cell: CellPlan, waiting: @escaping @Sendable (String) -> Void) async throws -> Endpoint {
        try await call { try await platform.ready(resource, for: cell, waiting: waiting) }
    }

    func destroy(_ resource: Resource) async throws { try await call(changes: true) { try await platform.destroy(resource) } }
    func remaining(of run: RunID) async throws -> [Resource] { try await call { try await platform.remaining(of: run) } }
    func owned() async throws -> [Resource] { try await call { try await platform.owned() } }
    func power(_ resource: Resource, on: Bool) async throws { try await call(changes: true) { try await platform.power(resource, on: on) } }
    func settleTime(of resource: Resource) async -> Duration { await platform.settleTime(of: resource) }

    /// A lender knows itself what is senseless.
    private func call<Reply: Sendable>(changes: Bool = false, _ work: () async throws -> Reply) async throws -> Reply {
        try await line.call(changes: changes) { _ in
            throw InfrastructureError("lender", why: "the answer makes no sense")
        } lost: {
            InfrastructureError("lender", why: "the reply was lost", isTransient: false)
        } _: {
            try await work()
        }
    }
}
