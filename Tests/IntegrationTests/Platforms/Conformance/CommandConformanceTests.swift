import Foundation
import IntegrationSupport
import MatrixConformance
import MatrixCore
import MatrixRemote
import MatrixTesting
import Testing

@testable import MatrixPlatforms
@testable import MatrixPlatformsTests

/// The promises of the driver `command`, with a program whose hosts are files of a folder.
@Suite(.requires(.python)) struct CommandConformanceTests {
    @Test(arguments: Promise.allCases) func command(keeps promise: Promise) async throws {
        await expectKept(promise, by: "command", try CommandHarness())
    }

    /// A program without a list is held to the rest.
    @Test(arguments: Promise.allCases) func withoutAList(keeps promise: Promise) async throws {
        await expectKept(promise, by: "command/no-list", try CommandHarness(["list": false]), untried: [.strangers])
    }

    /// What a program does wrong is found, and named by the promise that it breaks.
    @Test(arguments: [("untagged", Promise.listing), ("keeps", .life)]) func aWrongProgramIsFound(
        flaw: String, breaks promise: Promise
    )
        async throws
    {
        var harness = try CommandHarness(["environment": ["FLAW": .string(flaw)]])
        harness.patience = .seconds(3)
        let verdict = await ConformanceSuite(harness).verdict(on: promise)
        guard case .broken = verdict.outcome else {
            Issue.record("\(flaw) is not found: \(verdict.word) \(verdict.reason)")
            return
        }
    }
}

/// The promises of a molecule scenario, run by `contrib/platforms/ansible` with real Ansible.
@Suite(.requires(.ansible, .python), .timeLimit(.minutes(20))) struct MoleculeConformanceTests {
    @Test(arguments: Promise.allCases) func molecule(keeps promise: Promise) async throws {
        let harness = try CommandHarness([
            "command": .string(Repository.path("contrib/platforms/ansible/molecule.py")), "list": false, "capabilities": [],
            "settings": ["scenario": .string(Repository.path("fixtures/molecule/molecule/files"))],
        ])
        // A file of the scenario has no tag: whose it is, only the ledger knows.
        await expectKept(promise, by: "command/molecule", harness, strikes: 2, untried: [.strangers])
    }
}

struct CommandHarness: ConformanceHarness {
    let platform = "folder"
    let promises: Promises
    var patience = Duration.seconds(60)
    let world: ConformanceWorld
    private let folder: String
    private let options: Value

    init(_ changes: [String: Value] = [:]) throws {
        world = try ConformanceWorld()
        folder = "\(world.state)/hosts"
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        var environment: [String: Value] = ["FOLDER": .string(folder)]
        if case .map(let more)? = changes["environment"] { environment.merge(more) { $1 } }
        let own: [String: Value] = [
            "driver": "command", "command": ["python3", .string(Repository.path("fixtures/command/folder.py"))],
            "capabilities": ["ready", "price", "power", "preflight", "size"],
        ]
        options = .map(own.merging(changes) { $1 }.merging(["environment": .map(environment)]) { $1 })
        promises = CommandDriver.declaration.promises(ConformanceWorld.document(options))
    }

    var ledger: any Ledger { world.ledger }
    func record(of run: RunID) -> RunRecord { world.record(of: run, platforms: [platform]) }
    func cell(_ name: String, size: HostSize) -> CellPlan { ConformanceWorld.cell(name, Samples.debian12, on: platform, size: size) }

    func drivers(of run: RunID, through line: OutsideLine) async throws -> [String: any Platform] {
        let context = PlatformContext(
            state: world.state, access: world.access(run), runner: line.runner(LocalTransport()), redactor: Redactor())
        let settings = try CommandSettingsReader.read(ConformanceWorld.document(options))
        return [platform: CommandPlatform(name: platform, settings: settings, context: context, pace: .quick)]
    }

    func inventory() async throws -> [String: String]? {
        var things: [String: String] = [:]
        for name in try FileManager.default.contentsOfDirectory(atPath: folder) where !name.hasSuffix(".new") {
            let text = try String(contentsOfFile: "\(folder)/\(name)", encoding: .utf8)
            things[name.replacing(".json", with: "")] = Value(json: text)?["tags"]?.json ?? text
        }
        return things
    }

    func putStranger(named resource: Resource) async throws -> Bool {
        guard promises[.listing] == .given else { return false }
        let thing: Value = [
            "id": .string("id-\(resource.name)"), "name": .string(resource.name), "tags": ["production"], "size": [:], "on": true,
            "key": "",
        ]
        try thing.json.write(toFile: "\(folder)/\(resource.name).json", atomically: true, encoding: .utf8)
        return true
    }

    func size(of resource: Resource) async throws -> HostSize? {
        let thing = Value(json: try String(contentsOfFile: "\(folder)/\(resource.name).json", encoding: .utf8))
        return HostSize(cores: thing?["size"]?["cores"]?.wholeNumber, memory: thing?["size"]?["memory"]?.wholeNumber)
    }

    func tidy() async throws {
        for (name, tags) in try await inventory() ?? [:] where tags == "[\"production\"]" {
            try FileManager.default.removeItem(atPath: "\(folder)/\(name).json")
        }
    }
}

extension CommandPace {
    /// For tests.
    static let quick = CommandPace(
        ready: Backoff(first: .milliseconds(10)), look: Backoff(first: .milliseconds(10), most: .milliseconds(50)), looks: 3)
}
