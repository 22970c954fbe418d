import ArgumentParser
import MatrixCore
import MatrixFile
import Testing

@testable import MatrixCLI

/// What `matrix resume` needs of the command line that began a run is kept with the run.
@Suite struct RunArgumentsTests {
    private func resumed(_ options: [String]) async throws -> RunArguments {
        let command = try await RunCommand.asyncParse(["m.yml"] + options)
        let given = RunArguments(
            keep: command.keep, parallel: command.parallel, failFast: command.failFast, state: command.state,
            selection: command.selection.selection, record: command.record)
        return RunArguments(recorded: given.recorded, state: command.state)
    }

    @Test func aResumedRunHasTheOptionsOfItsBeginning() async throws {
        let arguments = try await resumed([
            "--parallel", "3", "--fail-fast", "--shard", "2/3", "--keep", "failed", "--cell", "a*", "--where", "os=rocky9", "--set",
            "vars.x=1", "--tags", "quick", "--record",
        ])
        #expect(arguments.parallel == 3 && arguments.failFast && arguments.keep == .failed && arguments.record)
        #expect(arguments.selection.shard == ShardChoice("2/3"))
        #expect(arguments.selection.cells == ["a*"] && arguments.selection.conditions == ["os=rocky9"])
        #expect(arguments.selection.settings == ["vars.x=1"] && arguments.selection.tags == ["quick"])
    }

    @Test func printedCommandsRepeatWhatChangedThePlan() async throws {
        let arguments = try await resumed(["--cell", "a*", "--set", "vars.x=1 2", "--tags", "quick"])
        #expect(arguments.planOptions == "--set 'vars.x=1 2' --tags quick")
        for value in ["two\nlines", String(repeating: "x", count: 500)] {
            #expect(try await resumed(["--set", "vars.x=\(value)"]).planOptions == "# add the --set and --tags of this run")
        }
    }

    @Test func aRunWithoutOptionsRecordsNone() async throws {
        let arguments = try await resumed([])
        #expect(arguments.planOptions == nil)
        #expect(arguments.recorded.isEmpty)
        #expect(arguments.parallel == nil && !arguments.failFast && arguments.keep == nil && arguments.selection.shard == nil)
    }

    @Test func resumeTakesThemAnew() async throws {
        let resume = try await ResumeCommand.asyncParse(["r", "--parallel", "2", "--no-fail-fast", "--keep", "always"])
        #expect(resume.parallel == 2 && resume.failFast == false && resume.keep == .always)
        let plain = try await ResumeCommand.asyncParse(["r"])
        #expect(plain.parallel == nil && plain.failFast == nil && plain.keep == nil)
        await #expect(throws: (any Error).self) { try await ResumeCommand.asyncParse(["r", "--parallel", "0"]) }
    }
}
