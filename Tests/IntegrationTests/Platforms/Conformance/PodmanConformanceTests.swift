import Foundation
import IntegrationSupport
import MatrixConformance
import MatrixCore
import MatrixRemote
import MatrixTesting
import Synchronization
import Testing

@testable import MatrixPlatforms
@testable import MatrixPlatformsTests

/// The promises of the driver `podman`, with real containers of this machine.
@Suite(.requires(.podman), .serialized, .timeLimit(.minutes(30))) struct PodmanConformanceTests {
    @Test(arguments: Promise.allCases) func podman(keeps promise: Promise) async throws {
        await expectKept(promise, by: "podman", try PodmanHarness(), strikes: 3)
    }
}

private final class PodmanHarness: ConformanceHarness {
    let platform = "podman"
    let promises = PodmanSettings.declaration.promises(nil)
    let world: ConformanceWorld
    private let runner = LocalTransport()
    /// Other tests use this machine's Podman, too: only names with this prefix are the harness's.
    private let prefix = "conformance-\(UInt32.random(in: 0...UInt32.max))"
    private let strangers = Mutex<[Resource]>([])

    init() throws {
        world = try ConformanceWorld()
    }

    var ledger: any Ledger { world.ledger }
    func record(of run: RunID) -> RunRecord { world.record(of: run, platforms: [platform]) }

    func cell(_ name: String, size: HostSize) -> CellPlan {
        ConformanceWorld.cell("\(prefix)-\(name)", Samples.debian12, on: platform, size: size)
    }

    func drivers(of run: RunID, through line: OutsideLine) async throws -> [String: any Platform] {
        let access = try await RunKeys.make(for: run, in: world.access(run).directory, using: runner)
        let context = PlatformContext(state: world.state, access: access, runner: line.runner(runner), redactor: Redactor())
        return [platform: PodmanPlatform(name: platform, settings: PodmanSettings(), context: context)]
    }

    func reach(_ endpoint: Endpoint, of resource: Resource) async throws {
        let connector = SSHConnector(controlDirectory: world.access(resource.run).directory)
        let transport = try await withDeadline(patience) { try await connector.connect(to: endpoint) { _ in } }
        await transport.close()
    }

    func inventory() async throws -> [String: String]? {
        var things: [String: String] = [:]
        for (kind, words) in [("container", ["ps", "--all", "--external"]), ("network", ["network", "ls"])] {
            let format = kind == "network" ? "{{.Name}} {{.ID}}" : "{{.Names}} {{.ID}}"
            let filter = ["--filter", "name=\(prefix)", "--format", format]
            let listed = try await runner.require(Command(["podman"] + words + filter), "listing what the harness made")
            for line in listed.output.split(separator: "\n") {
                let parts = line.split(separator: " ", maxSplits: 1).map(String.init)
                things["\(kind) \(parts[0])"] = parts.last
            }
        }
        return things
    }

    func putStranger(named resource: Resource) async throws -> Bool {
        let image = try await BaseImage.name()
        let make = resource.kind == "network" ? ["network", "create", resource.name] : ["create", "--name", resource.name, image, "true"]
        try await runner.require(Command(["podman"] + make), "making somebody's \(resource.kind)")
        strangers.withLock { $0.append(resource) }
        return true
    }

    func tidy() async throws {
        let all = strangers.withLock { all in
            defer { all = [] }
            return all
        }
        for resource in all.reversed() {
            let remove = resource.kind == "network" ? ["network", "rm", resource.name] : ["rm", "--force", resource.name]
            try await runner.require(Command(["podman"] + remove), "removing somebody's \(resource.kind)")
        }
    }
}
