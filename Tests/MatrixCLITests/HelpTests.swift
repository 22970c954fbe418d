import ArgumentParser
import MatrixCore
import Testing

@testable import MatrixCLI

/// What `--help` shows of each command.
@Suite struct HelpTests {
    /// All commands with the words that lead to them.
    private static var commands: [(path: [String], type: any ParsableCommand.Type)] { all(MatrixCommand.self, ["matrix"]) }

    private static func all(_ type: any ParsableCommand.Type, _ path: [String]) -> [(path: [String], type: any ParsableCommand.Type)] {
        [(path, type)] + type.configuration.subcommands.flatMap { all($0, path + [$0.configuration.commandName ?? ""]) }
    }

    @Test func everyCommandHasExamplesThatParse() async throws {
        for (path, type) in Self.commands where path.count > 1 {
            let examples = type.configuration.examples
            #expect(!examples.isEmpty, "\(path.joined(separator: " "))")
            for example in examples {
                // What a shell does with the output is not ours.
                let line = String(example.prefix { $0 != ">" })
                let words = Array(CommandLineAdviceTests.words(line).dropFirst())
                await #expect(throws: Never.self, "\(example)") { try await ParsedLine.parse(words) }
                #expect(example.hasPrefix(path.prefix(2).joined(separator: " ")), "\(example)")
            }
        }
    }

    @Test func examplesAreWrittenInLinesOfATerminal() {
        for (_, type) in Self.commands {
            for line in type.configuration.discussion.split(separator: "\n") where line.hasPrefix("  ") {
                #expect(line.count <= 120, "\(line)")
            }
        }
    }

    @Test func theGroupsOfCommandsHaveSensibleNames() {
        let help = MatrixCommand.help(MatrixCommand.helpMessage(columns: 100))
        #expect(!help.contains("SUBCOMMANDS"))
        for heading in ["RUN A MATRIX:", "SEE AND CLEAN UP:", "SET UP:"] { #expect(help.contains("\(heading)\n"), "\(heading)") }
    }

    @Test func everyOptionAndArgumentSaysWhatItIs() throws {
        for (path, type) in Self.commands {
            let arguments = Value(json: type._dumpHelp())?["command"]?["arguments"]?.elements ?? []
            for argument in arguments {
                #expect(
                    argument["abstract"]?.string?.isEmpty == false, "\(path.joined(separator: " ")): \(argument["valueName"]?.text ?? "")")
            }
        }
    }
}
