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

/// The promises of the driver `qemu`, with real QEMU processes whose guests are paused before their first instruction.
@Suite(.requires(.qemu, .programs), .serialized, .timeLimit(.minutes(15))) struct QemuConformanceTests {
    @Test(arguments: Promise.allCases) func qemu(keeps promise: Promise) async throws {
        await expectKept(promise, by: "qemu", try await QemuHarness(), strikes: 6)
    }
}

private final class QemuHarness: ConformanceHarness {
    let platform = "qemu"
    let promises = QemuDriver.declaration.promises(nil)
    let world: ConformanceWorld
    /// The built program lies beside the test bundle.
    private static let program = URL(fileURLWithPath: CommandLine.arguments[0]).deletingLastPathComponent()
        .appendingPathComponent("matrix").path
    private let runner = PausingRunner()
    private let image: String
    private let strangers = Mutex<[String]>([])

    init() async throws {
        world = try ConformanceWorld()
        image = "\(world.state)/image.qcow2"
        try await runner.require(Command(["qemu-img", "create", "-q", "-f", "qcow2", image, "16M"]), "making an empty image")
    }

    var ledger: any Ledger { world.ledger }
    func record(of run: RunID) -> RunRecord { world.record(of: run, platforms: [platform]) }
    func cell(_ name: String, size: HostSize) -> CellPlan { ConformanceWorld.cell(name, Samples.debian12, on: platform, size: size) }

    func drivers(of run: RunID, through line: OutsideLine) async throws -> [String: any Platform] {
        let access = try await RunKeys.make(for: run, in: world.access(run).directory, using: runner)
        let context = PlatformContext(state: world.state, access: access, runner: line.runner(runner), redactor: Redactor())
        var settings = QemuSettings()
        settings.acceleration = .tcg
        settings.images = ["debian12": image]
        (settings.cores, settings.memory) = (1, 64 << 20)
        var surroundings = QemuSurroundings.current(state: world.state)
        surroundings.matrix = Self.program
        surroundings.control.answers = { _ in true }
        // A paused guest does not hear of it.
        surroundings.shutdownLimit = .milliseconds(100)
        return [platform: QemuPlatform(name: platform, settings: settings, context: context, surroundings: surroundings)]
    }

    private func processes() throws -> [GuestProcess] {
        let mark = try GuestShelf(state: world.state).mark()
        return GuestProcess.all().filter { $0.name.mark == mark }
    }

    func inventory() async throws -> [String: String]? {
        var things: [String: String] = [:]
        for process in try processes() { things["process \(process.name.name) \(process.pid)"] = "\(process.startTicks)" }
        for path in FileManager.default.subpaths(atPath: "\(world.state)/qemu") ?? [] { things[path] = "" }
        return things
    }

    func putStranger(named resource: Resource) async throws -> Bool {
        let folder = "\(world.state)/qemu/\(resource.run)/\(resource.name)"
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        try NewFile.write("somebody's", to: "\(folder)/notes.txt")
        strangers.withLock { $0.append(folder) }
        return true
    }

    func size(of resource: Resource) async throws -> HostSize? {
        guard let process = try processes().first(where: { $0.name.isOf(resource) }) else { return nil }
        let words = RunningCommands.arguments(of: process.pid)
        let cores = words.firstIndex(of: "-smp").flatMap { Int(words[$0 + 1]) }
        return HostSize(cores: cores, memory: process.memory)
    }

    func tidy() async throws {
        let all = strangers.withLock { all in
            defer { all = [] }
            return all
        }
        for folder in all {
            try FileManager.default.removeItem(atPath: folder)
            rmdir((folder as NSString).deletingLastPathComponent)
        }
        rmdir("\(world.state)/qemu")
    }
}

/// Starts each guest paused.
private struct PausingRunner: Transport {
    private let local = LocalTransport()

    func run(_ command: Command, onLine: @Sendable (OutputLine) async -> Void) async throws -> CommandResult {
        var command = command
        if command.arguments.contains("-smp") { command.arguments.append("-S") }
        return try await local.run(command, onLine: onLine)
    }

    func upload(_ local: String, to remote: String) async throws { try await self.local.upload(local, to: remote) }
    func download(_ remote: String, to local: String) async throws { try await self.local.download(remote, to: local) }
    func forward(to host: String, port: Int) async throws -> Int { try await local.forward(to: host, port: port) }
    func commandLine(for command: Command) -> String { local.commandLine(for: command) }
    func close() async {}
}
