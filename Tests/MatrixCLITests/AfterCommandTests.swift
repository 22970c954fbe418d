import MatrixCore
import MatrixTesting
import Testing

@testable import MatrixCLI

/// What runs when a run has ended: what it is given, and that nothing that it does changes the run.
@Suite struct AfterCommandTests {
    private static let place = SourceLocation(file: "m.yml", line: 3, column: 1)

    private func result() -> RunResult {
        let cell = { (name: String, outcome: Outcome) in
            CellResult(
                name: name, point: [], platform: "podman", outcome: outcome, queued: .now, started: .now, finished: .now,
                cases: [CaseResult(phase: .verify, step: "verify", name: "x", outcome: outcome, started: .now, seconds: 0)])
        }
        return RunResult(
            run: RunID("261123-050122-test"), matrix: "m", file: "m.yml", started: .now, finished: .now, axes: [],
            cells: [cell("a", .passed), cell("b", .failed), cell("c", .failed)], exitStatus: .failed)
    }

    private func run(_ transport: ScriptedTransport, _ environment: [String: String] = [:]) async throws -> (Diagnostic?, TemporaryFolder) {
        let folder = try TemporaryFolder()
        let redactor = Redactor()
        redactor.hide("open-sesame")
        let command = AfterRun(words: ["./tell.sh", "x"], folder: "/project", environment: environment, location: Self.place)
        let after = AfterCommand(command: command, secrets: ["token": "open-sesame"], redactor: redactor, runner: transport)
        return (await after.run(after: result(), in: folder.path), folder)
    }

    @Test("it is given the reports, the status and counts, and its secrets by the environment only")
    func environment() async throws {
        let transport = ScriptedTransport()
        transport.answer("tell.sh")
        let (problem, folder) = try await run(transport, ["TOKEN": "${secrets.token}"])
        #expect(problem == nil)
        let command = try #require(transport.commands.first)
        #expect(command.arguments == ["./tell.sh", "x"] && command.directory == "/project" && command.timeout == .seconds(60))
        let given = command.environment
        #expect(given["SOLTI_RESULTS"] == "\(folder.path)/results.json" && given["SOLTI_REPORTS"] == folder.path)
        #expect(given["SOLTI_STATUS"] == "1" && given["SOLTI_CELLS"] == "3" && given["SOLTI_CELLS_FAILED"] == "2")
        #expect(given["SOLTI_CELLS_PASSED"] == "1" && given["SOLTI_CASES_FAILED"] == "2" && given["SOLTI_CELLS_ERROR"] == "0")
        #expect(given["SOLTI_HEADLINE"]?.contains("2 of 3 cells failed") == true && given["TOKEN"] == "open-sesame")
    }

    @Test("a failure is a warning with its last line, and its output is kept without secrets")
    func failure() async throws {
        let transport = ScriptedTransport()
        transport.answer("tell.sh", output: "sending open-sesame\n", error: "curl: (7) refused\n", exitStatus: 7)
        let (problem, folder) = try await run(transport)
        let warning = try #require(problem)
        #expect(warning.severity == .warning && warning.location == Self.place)
        #expect(warning.message == "after: ./tell.sh ended with exit status 7: curl: (7) refused")
        let log = try folder.text("after.log")
        #expect(log.contains("curl: (7) refused") && !log.contains("open-sesame"))
    }

    @Test("a command that cannot be started, or takes too long, is a warning too")
    func unstarted() async throws {
        let (problem, _) = try await run(ScriptedTransport())
        #expect(problem?.message.hasPrefix("after: ./tell.sh: ") == true && problem?.severity == .warning)
    }
}
