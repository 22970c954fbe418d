import IntegrationSupport
import MatrixConformance
import MatrixCore
import MatrixRemote
import MatrixTesting
import Testing

@testable import MatrixPlatforms
@testable import MatrixPlatformsTests

/// The example in POSIX sh, `contrib/platforms/containers.sh`, with real containers of this machine.
@Suite(.requires(.podman, .helperPrograms), .serialized, .timeLimit(.minutes(20))) struct ContainersExampleTests {
    @Test(arguments: [Promise.life, .lostReply, .adoption, .absence, .interruption, .listing, .expiry]) func containers(
        keep promise: Promise
    )
        async throws
    {
        await expectKept(promise, by: "command/sh", try await ContainersHarness(), strikes: 1)
    }
}

private struct ContainersHarness: ConformanceHarness {
    let platform = "containers"
    let promises: Promises
    let world: ConformanceWorld
    private let options: Document
    /// Other tests use this machine's Podman, too.
    private let prefix = "example-\(UInt32.random(in: 0...UInt32.max))"

    init() async throws {
        world = try ConformanceWorld()
        let image = try await BaseImage.name()
        let kit = try await PodmanHostKit.find(state: world.state, runner: LocalTransport())
        options = ConformanceWorld.document([
            "driver": "command", "command": .string(Repository.path("contrib/platforms/containers.sh")),
            "settings": [
                "images": ["debian12": .string(image)], "options": .list(kit.options.map { .string($0) }),
                "create": .list(kit.creation.map { .string($0) }),
            ],
        ])
        promises = CommandDriver.declaration.promises(options)
    }

    var ledger: any Ledger { world.ledger }
    func record(of run: RunID) -> RunRecord { world.record(of: run, platforms: [platform]) }

    func cell(_ name: String, size: HostSize) -> CellPlan {
        ConformanceWorld.cell("\(prefix)-\(name)", Samples.debian12, on: platform, size: size)
    }

    func drivers(of run: RunID, through line: OutsideLine) async throws -> [String: any Platform] {
        let access = try await RunKeys.make(for: run, in: world.access(run).directory, using: LocalTransport())
        let context = PlatformContext(state: world.state, access: access, runner: line.runner(LocalTransport()), redactor: Redactor())
        return [
            platform: CommandPlatform(name: platform, settings: try CommandSettingsReader.read(options), context: context, pace: .quick)
        ]
    }

    func reach(_ endpoint: Endpoint, of resource: Resource) async throws {
        let connector = SSHConnector(controlDirectory: world.access(resource.run).directory)
        let transport = try await withDeadline(patience) { try await connector.connect(to: endpoint) { _ in } }
        await transport.close()
    }

    func inventory() async throws -> [String: String]? {
        let command = Command(["podman", "ps", "--all", "--filter", "name=\(prefix)", "--format", "{{.Names}} {{.ID}}"])
        let listed = try await LocalTransport().require(command, "listing what the harness made").output
        return Dictionary(
            listed.split(separator: "\n").map { $0.split(separator: " ").map(String.init) }.map { ($0[0], $0[1]) }
        ) { first, _ in first }
    }
}
