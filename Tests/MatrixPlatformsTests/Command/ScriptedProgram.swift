import Foundation
import MatrixCore
import MatrixRemote
import MatrixTesting

@testable import MatrixPlatforms

/// A command platform whose program answers what a test tells it to.
final class ScriptedProgram: Sendable {
    let runner = ScriptedTransport()
    let redactor = Redactor()
    let state: String
    let platform: CommandPlatform
    static let run = Samples.run
    static let secret = "correct-horse-battery"

    init(_ changes: [String: Value] = [:]) throws {
        state = try TemporaryFolder.make()
        redactor.hide(Self.secret)
        let context = PlatformContext(
            state: state, access: Samples.access, runner: runner, redactor: redactor, secrets: ["secrets.CLOUD_TOKEN": Self.secret])
        let settings = try CommandSettingsReader.read(Self.document(changes))
        let pace = CommandPace(ready: Backoff(first: .milliseconds(1)), look: Backoff(first: .milliseconds(1)), looks: 2)
        platform = CommandPlatform(name: "cloud", settings: settings, context: context, pace: pace)
    }

    static func document(_ changes: [String: Value] = [:]) -> Document {
        let options: [String: Value] = [
            "driver": "command", "command": ["cloud", "--quiet"], "secrets": ["CLOUD_TOKEN": ["env": "CLOUD_TOKEN"]],
            "settings": ["region": "fra1"],
        ]
        let location = SourceLocation(file: "/m/cloud.yml", line: 4, column: 5)
        return Document(value: .map(options.merging(changes) { $1 }), at: location)
    }

    static let cell = CellPlan(
        name: "debian12-cloud", point: [AxisValue(axis: "os", value: "debian12")], os: Samples.debian12, platform: "cloud",
        hosts: [HostPlan(name: "debian12-cloud", size: HostSize(cores: 2))])

    var intent: Resource { platform.resources(for: Self.cell, run: Self.run, expires: Samples.expires)[0][0] }

    /// Answers a verb from now on.
    func answer(_ verb: CommandVerb, _ members: Value, exitStatus: Int32 = 0, error: String = "") {
        answer(verb, text: Value.map(["protocol": 1]).merged(with: members).json, exitStatus: exitStatus, error: error)
    }

    func answer(_ verb: CommandVerb, text: String, exitStatus: Int32 = 0, error: String = "") {
        runner.answer { command in
            guard command.arguments.dropFirst(2).first == verb.rawValue else { return nil }
            return CommandResult(exitStatus: exitStatus, standardOutput: Array(text.utf8), standardError: Array(error.utf8))
        }
    }

    /// Lists these names with a run's tags.
    func list(_ names: [String], tags: [String] = Samples.ours + [Resource.Tag.expires(Samples.expires)]) {
        let entries = names.map { name -> Value in
            ["name": .string(name), "id": .string("i-\(name)"), "tags": .list(tags.map { .string($0) }), "address": "192.0.2.9"]
        }
        answer(.list, ["resources": .list(entries)])
    }

    /// The verbs in order.
    var verbs: [String] { runner.commands.map { $0.arguments[2] } }

    func request(_ verb: CommandVerb) -> Value? {
        let command = runner.commands.last { $0.arguments[2] == verb.rawValue }
        return Value(json: String(decoding: command?.input ?? [], as: UTF8.self))
    }
}

extension Value {
    fileprivate func merged(with other: Value) -> Value {
        guard case .map(let own) = self, case .map(let more) = other else { return self }
        return .map(own.merging(more) { $1 })
    }
}
