import MatrixCore
import MatrixRemote
import MatrixTesting
import Testing

@testable import MatrixPlatforms

/// What `driver: command` asks of a program, and makes of its answers.
@Suite struct CommandPlatformTests {
    // MARK: - Evidence

    @Test func aProgramThatKnowsShowsWhatAHostSaid() async throws {
        let program = try ScriptedProgram(["capabilities": ["evidence"]])
        program.answer(
            .evidence,
            [
                "evidence": [
                    ["name": "console", "text": "Kernel panic", "command": "my-cloud console i-1", "next": "use another image"],
                    ["name": "broken"],
                ]
            ])
        var host = program.intent
        host.id = "i-1"
        let shown = await program.platform.evidence(of: host)
        #expect(shown == [Evidence("console", command: "my-cloud console i-1", text: "Kernel panic", advice: "use another image")])
        #expect(program.request(.evidence)?["resource"]?["id"] == "i-1")
    }

    @Test func aProgramWithoutTheVerbIsNotAsked() async throws {
        let program = try ScriptedProgram()
        #expect(await program.platform.evidence(of: program.intent).isEmpty && program.verbs.isEmpty)
    }

    @Test func anAnswerThatCannotBeUsedIsNoEvidence() async throws {
        let program = try ScriptedProgram(["capabilities": ["evidence"]])
        program.answer(.evidence, text: "no", exitStatus: 1, error: "out of order")
        #expect(await program.platform.evidence(of: program.intent).isEmpty)
    }

    // MARK: - Creating

    @Test func aCreateSaysAllThatAProgramNeeds() async throws {
        let program = try ScriptedProgram()
        program.list([])
        program.answer(
            .create,
            [
                "id": "i-1", "address": "192.0.2.1", "port": 2222, "user": "debian", "host_keys": ["ssh-ed25519 AAAA"],
                "data": ["zone": "a"],
            ])
        let made = try await program.platform.create(program.intent, for: ScriptedProgram.cell)
        #expect(made.id == "i-1")
        let request = try #require(program.request(.create))
        #expect(request["protocol"] == 1)
        #expect(request["verb"] == "create")
        #expect(request["settings"] == ["region": "fra1"])
        #expect(request["resource"]?["name"] == .string("debian12-cloud-\(ScriptedProgram.run)"))
        #expect(request["resource"]?["tags"]?.elements.first == "solti-matrix")
        #expect(request["host"]?["size"] == ["cores": 2])
        #expect(request["cell"]?["os"]?["name"] == "debian12")
        #expect(request["login"]?["public_key"]?.string?.hasPrefix("ssh-ed25519 ") == true)
        // The name is an argument, so that another process sees whose create still runs.
        #expect(program.runner.commands.last?.arguments == ["cloud", "--quiet", "create", made.name])
        let endpoint = try await program.platform.ready(made, for: ScriptedProgram.cell) { _ in }
        #expect(endpoint.address == "192.0.2.1")
        #expect(endpoint.port == 2222)
        #expect(endpoint.user == "debian")
        #expect(endpoint.hostKeys == ["ssh-ed25519 AAAA"])
        #expect(endpoint.keyFile == Samples.access.keyFile)
    }

    @Test func standardErrorOfACreateIsProgress() async throws {
        let program = try ScriptedProgram()
        program.list([])
        program.answer(.create, ["id": "i-1"], error: "cloning\nbooting with \(ScriptedProgram.secret)\n")
        let lines = MutexBox<[String]>([])
        let listener: @Sendable (String) -> Void = { line in lines.with { $0.append(line) } }
        _ = try await CreateProgress.$listener.withValue(listener) {
            try await program.platform.create(program.intent, for: ScriptedProgram.cell)
        }
        #expect(lines.current == ["cloning", "booting with [redacted]"])
    }

    @Test func secretsAreInTheEnvironmentAlone() async throws {
        let program = try ScriptedProgram()
        program.list([])
        program.answer(.create, [:], exitStatus: 1, error: "401 for token \(ScriptedProgram.secret)")
        let error = await #expect(throws: InfrastructureError.self) {
            try await program.platform.create(program.intent, for: ScriptedProgram.cell)
        }
        #expect(program.runner.commands.last?.environment["CLOUD_TOKEN"] == ScriptedProgram.secret)
        #expect(program.runner.commands.allSatisfy { !String(decoding: $0.input ?? [], as: UTF8.self).contains(ScriptedProgram.secret) })
        #expect(error.map { "\($0)" }?.contains(ScriptedProgram.secret) == false)
        #expect(error?.isTransient == false)
        #expect(error?.command?.commandLine.contains("printf") == true)
    }

    @Test(arguments: ["", "<html>", "[]", "{\"protocol\": 2, \"id\": \"i\"}", "{\"protocol\": 1}", "{\"protocol\": 1, \"id\": 7}"])
    func aSenselessAnswerIsNoHost(_ text: String) async throws {
        let program = try ScriptedProgram()
        program.list([])
        program.answer(.create, text: text)
        await #expect(throws: InfrastructureError.self) { try await program.platform.create(program.intent, for: ScriptedProgram.cell) }
        #expect(program.verbs == ["list", "create", "list"])
    }

    @Test func whatWasMadeIsAdoptedAfterALostAnswer() async throws {
        let program = try ScriptedProgram()
        let name = program.intent.name
        let answers = Answers([.ok("{\"protocol\": 1, \"resources\": []}")])
        program.list([name])
        program.runner.answer { command in
            // Only the first list is empty.
            command.arguments.contains("list") && !program.verbs.contains("create") ? answers.next() : nil
        }
        program.answer(.create, text: "")
        let made = try await program.platform.create(program.intent, for: ScriptedProgram.cell)
        #expect(made.id == "i-\(name)")
        #expect(try await program.platform.ready(made, for: ScriptedProgram.cell) { _ in }.address == "192.0.2.9")
    }

    @Test func aNameThatSomebodyHasIsNotTaken() async throws {
        let program = try ScriptedProgram()
        program.list([program.intent.name], tags: ["solti-matrix", "solti-matrix-run-another"])
        let error = await #expect(throws: InfrastructureError.self) {
            try await program.platform.create(program.intent, for: ScriptedProgram.cell)
        }
        #expect(error?.type == ProblemType.createNameTaken.rawValue)
        #expect(program.verbs == ["list"])
    }

    @Test(arguments: [(Int32(69), ProblemType.createUnavailable, false), (75, .platformProgram, true), (1, .platformProgram, false)])
    func exitStatusesMeanWhatSysexitsSay(_ status: Int32, _ type: ProblemType, _ isTransient: Bool) async throws {
        let program = try ScriptedProgram()
        program.list([])
        program.answer(.create, [:], exitStatus: status, error: "first\nno room in fra1\n")
        let error = await #expect(throws: InfrastructureError.self) {
            try await program.platform.create(program.intent, for: ScriptedProgram.cell)
        }
        #expect(error?.type == type.rawValue)
        #expect(error?.isTransient == isTransient)
        #expect(error?.why == "no room in fra1")
    }

    // MARK: - Removing

    @Test func onlyWhatTheListShowsIsDestroyedAndOnlyWhatItLacksIsGone() async throws {
        let program = try ScriptedProgram()
        program.list([])
        try await program.platform.destroy(program.intent)
        #expect(program.verbs == ["list"])
        program.list([program.intent.name], tags: ["solti-matrix", "solti-matrix-run-another"])
        try await program.platform.destroy(program.intent)
        #expect(!program.verbs.contains("destroy"))
        program.list([program.intent.name])
        program.answer(.destroy, [:])
        await #expect(throws: InfrastructureError.self) { try await program.platform.destroy(program.intent) }
        #expect(program.verbs.contains("destroy"))
    }

    @Test(arguments: ["", "null", "{\"protocol\": 1}", "{\"protocol\": 1, \"resources\": [{\"name\": \"x\"}]}", "[]"])
    func aSenselessListIsNotEmpty(_ text: String) async throws {
        let program = try ScriptedProgram()
        program.answer(.list, text: text)
        await #expect(throws: InfrastructureError.self) { try await program.platform.remaining(of: ScriptedProgram.run) }
        await #expect(throws: InfrastructureError.self) { try await program.platform.owned() }
        await #expect(throws: InfrastructureError.self) { try await program.platform.destroy(program.intent) }
    }

    @Test func aListTellsRunAndExpiryByTags() async throws {
        let program = try ScriptedProgram()
        program.list(["a", "b"])
        let owned = try await program.platform.owned()
        #expect(owned.map(\.name) == ["a", "b"])
        #expect(owned.allSatisfy { $0.run == ScriptedProgram.run && $0.expires == Samples.expires })
        program.list(["c"], tags: ["production"])
        #expect(try await program.platform.owned() == [])
    }

    @Test func withoutAListDestroyIsAskedAboutEachLease() async throws {
        let program = try ScriptedProgram(["list": false])
        #expect(program.intent.id == program.intent.name)
        #expect(try await program.platform.remaining(of: ScriptedProgram.run) == [])
        program.answer(.destroy, [:])
        try await program.platform.destroy(program.intent)
        #expect(program.verbs == ["destroy"])
        program.answer(.destroy, text: "")
        await #expect(throws: InfrastructureError.self) { try await program.platform.destroy(program.intent) }
        let warnings = await program.platform.preflight([ScriptedProgram.cell])
        #expect(warnings.map(\.severity) == [.warning])
    }

    // MARK: - Capabilities

    @Test func readyIsAskedUntilItTellsTheAddress() async throws {
        let program = try ScriptedProgram(["capabilities": ["ready"]])
        let left = Answers([
            CommandResult(exitStatus: 75, standardError: Array("it boots\n".utf8)),
            .ok("{\"protocol\": 1, \"address\": \"192.0.2.3\"}"),
        ])
        program.runner.answer { $0.arguments.contains("ready") ? left.next() : nil }
        let waits = MutexBox<[String]>([])
        let endpoint = try await program.platform.ready(program.intent, for: ScriptedProgram.cell) { wait in waits.with { $0.append(wait) }
        }
        #expect(endpoint.address == "192.0.2.3")
        #expect(waits.current.contains("it boots"))
    }

    @Test func whatIsNotDeclaredIsNotAsked() async throws {
        let program = try ScriptedProgram()
        #expect(try await program.platform.price(of: ScriptedProgram.cell) == nil)
        #expect(await program.platform.preflight([ScriptedProgram.cell]) == [])
        await #expect(throws: InfrastructureError.self) { try await program.platform.power(program.intent, on: false) }
        #expect(program.verbs == [])
    }

    @Test func preflightAndPriceAreRead() async throws {
        let program = try ScriptedProgram(["capabilities": ["preflight", "price"]])
        program.answer(
            .preflight, ["problems": [["message": "the quota is 0", "severity": "error", "cells": ["debian12-cloud"], "next": "raise it"]]])
        let problem = PreflightProblem(.error, cells: ["debian12-cloud"], "the quota is 0", next: "raise it")
        #expect(await program.platform.preflight([ScriptedProgram.cell]) == [problem])
        program.answer(.preflight, [:], exitStatus: 69, error: "no image of debian12")
        #expect(await program.platform.preflight([ScriptedProgram.cell]).map(\.severity) == [.unavailable])
        program.answer(.price, ["price": ["hourly": .double(0.25), "currency": "EUR"]])
        #expect(try await program.platform.price(of: ScriptedProgram.cell) == Price(hourly: 0.25, currency: "EUR"))
        program.answer(.price, ["price": ["hourly": "cheap"]])
        await #expect(throws: InfrastructureError.self) { try await program.platform.price(of: ScriptedProgram.cell) }
    }
}
