import Foundation
import FoundationNetworking
import IntegrationSupport
import MatrixConformance
import MatrixCore
import MatrixRemote
import MatrixTesting
import Testing

@testable import MatrixPlatforms
@testable import MatrixPlatformsTests

/// The example in Python, `contrib/platforms/digitalocean.py`, on a stand-in for DigitalOcean's API.
@Suite(.requires(.python), .timeLimit(.minutes(20))) struct DropletsExampleTests {
    @Test(arguments: Promise.allCases) func droplets(keep promise: Promise) async throws {
        await expectKept(promise, by: "command/python", try await DropletsHarness(), strikes: 3)
    }
}

private final class DropletsHarness: ConformanceHarness {
    let platform = "digitalocean"
    let promises: Promises
    let world: ConformanceWorld
    private let server: ServerProcess
    private let url: String
    private let options: Document

    init() async throws {
        world = try ConformanceWorld()
        server = try ServerProcess("python3", [Repository.path("fixtures/command/droplets.py")])
        url = try await server.firstLine()
        options = ConformanceWorld.document([
            "driver": "command", "command": ["python3", .string(Repository.path("contrib/platforms/digitalocean.py"))],
            "capabilities": ["ready", "price", "power"], "environment": ["DIGITALOCEAN_TOKEN": "a-token"],
            "settings": [
                "endpoint": .string("\(url)/v2"), "region": "fra1", "size": "s-1vcpu-1gb", "images": ["debian12": "debian-12-x64"],
            ],
        ])
        promises = CommandDriver.declaration.promises(options)
    }

    var ledger: any Ledger { world.ledger }
    func record(of run: RunID) -> RunRecord { world.record(of: run, platforms: [platform]) }
    func cell(_ name: String, size: HostSize) -> CellPlan { ConformanceWorld.cell(name, Samples.debian12, on: platform, size: size) }

    func drivers(of run: RunID, through line: OutsideLine) async throws -> [String: any Platform] {
        let context = PlatformContext(
            state: world.state, access: world.access(run), runner: line.runner(LocalTransport()), redactor: Redactor())
        return [
            platform: CommandPlatform(name: platform, settings: try CommandSettingsReader.read(options), context: context, pace: .quick)
        ]
    }

    private func ask(_ path: String, _ body: Value? = nil) async throws -> Value {
        guard let address = URL(string: url + path) else { throw InfrastructureError("the stand-in", why: "it has no address") }
        var request = URLRequest(url: address)
        request.httpMethod = body == nil ? "GET" : "POST"
        request.httpBody = body.map { Data($0.json.utf8) }
        let (data, _) = try await URLSession.shared.data(for: request)
        return try JSON.decode(Value.self, from: Array(data))
    }

    func inventory() async throws -> [String: String]? {
        Dictionary(
            try await ask("/world").elements.map { ("\($0["id"]?.text ?? "") \($0["name"]?.text ?? "")", $0["tags"]?.json ?? "") }
        ) { first, _ in first }
    }

    /// Names of droplets are not unique.
    func putStranger(named resource: Resource) async throws -> Bool {
        _ = try await ask("/stranger", ["name": .string(resource.name)])
        return true
    }
}
