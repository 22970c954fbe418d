import MatrixCore
import Testing

@Suite struct CommandTests {
    @Test func isShownReadyToPaste() {
        let command = Command(["echo", "it's", "a b"], environment: ["B": "x y", "A": "1"])
        #expect(command.display == #"A=1 B='x y' echo 'it'\''s' 'a b'"#)
    }

    @Test func aScriptIsOnStandardInputOnly() {
        let command = Command.script("echo secret", arguments: ["one"])
        #expect(command.arguments == ["sh", "-s", "--", "one"])
        #expect(command.input == Array("echo secret".utf8))
        #expect(!command.display.contains("secret"))
    }

    @Test func outputLosesItsFinalNewlineOnly() {
        #expect(CommandResult(exitStatus: 0, standardOutput: Array("a\n\n".utf8)).output == "a\n")
        #expect(CommandResult(exitStatus: 0, standardOutput: [0x61, 0xff]).output == "a\u{fffd}")
        #expect(CommandResult(exitStatus: 1, standardError: Array("b".utf8)).errorOutput == "b")
    }

    @Test func aFailureQuotesItsLastLine() {
        let failure = CommandFailure(commandLine: "false", outcome: "exit status 1", exitStatus: 1, outputTail: "first\nlast\n  \n")
        #expect(failure.lastLine == "last")
        #expect(failure.details == "$ false\nexit status 1\nfirst\nlast\n  \n")
        #expect(CommandFailure(commandLine: "false", outcome: "exit status 1", exitStatus: 1, outputTail: "").lastLine == "exit status 1")
    }
}
