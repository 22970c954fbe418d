import Foundation
import IntegrationSupport
import MatrixCore
import MatrixTesting
import Testing

@testable import MatrixPlatforms
@testable import MatrixPlatformsTests

/// What a program is asked is what `docs/platform-program.schema.json` says, and nothing that it does not say.
@Suite(.requires(.pythonPackages)) struct CommandSchemaTests {
    @Test func everyRequestIsAsTheSchemaSays() async throws {
        let program = try ScriptedProgram(["capabilities": ["ready", "price", "power", "preflight", "size", "evidence"]])
        program.list([])
        program.answer(.create, ["id": "i-1", "data": ["zone": "a"]])
        program.answer(.ready, ["address": "192.0.2.1"])
        program.answer(.power, [:])
        program.answer(.destroy, [:])
        program.answer(.price, ["price": ["hourly": 1, "currency": "EUR"]])
        program.answer(.preflight, ["problems": []])
        program.answer(.evidence, ["evidence": []])
        let cell = ScriptedProgram.cell
        let made = try await program.platform.create(program.intent, for: cell)
        _ = try await program.platform.ready(made, for: cell) { _ in }
        try await program.platform.power(made, on: false)
        _ = try await program.platform.price(of: cell)
        _ = await program.platform.preflight([cell])
        _ = await program.platform.evidence(of: made)
        _ = try await program.platform.remaining(of: ScriptedProgram.run)
        program.list([made.name])
        // The list goes on to show it.
        _ = try? await program.platform.destroy(made)
        #expect(Set(program.verbs) == Set(CommandVerb.allCases.map(\.rawValue)))
        let folder = try TemporaryFolder()
        let files = try program.runner.commands.enumerated().map { number, command in
            try folder.put("\(number)-\(command.arguments[2]).json", String(decoding: command.input ?? [], as: UTF8.self))
        }
        #expect(try await Python.validate(files, against: Repository.path("docs/platform-program.schema.json")) == "")
    }
}
