import ArgumentParser
import Testing

@testable import MatrixCLI

/// What is said about a command or an option that does not exist.
@Suite struct CommandLineAdviceTests {
    @Test(arguments: [
        ("rum hello.yml", "error: matrix has no command 'rum'; did you mean: matrix run hello.yml"),
        ("list", "error: matrix has no command 'list'; did you mean: matrix status"),
        ("test hello.yml --cell 'a b*'", "error: matrix has no command 'test'; did you mean: matrix run hello.yml --cell 'a b*'"),
        ("zzzzzz", "error: matrix has no command 'zzzzzz'; see all commands: matrix --help"),
        ("template biuld --all", "error: matrix template has no command 'biuld'; did you mean: matrix template build --all"),
        ("pool lsit", "error: matrix pool has no command 'lsit'; did you mean: matrix pool list"),
        ("run hello.yml --keep-failed", "error: matrix run has no option '--keep-failed'; did you mean: --keep failed"),
        ("run hello.yml --paralel 2", "error: matrix run has no option '--paralel'; did you mean: --parallel"),
        ("run --keep failed --live", "error: matrix run has no option '--live'; it is an option of matrix status"),
        ("validate x.yml --zzzzzz", "error: matrix validate has no option '--zzzzzz'; see: matrix help validate"),
    ])
    func aWrongWordGetsTheRightOne(_ line: String, _ expected: String) async throws {
        let words = Self.words(line)
        await #expect(throws: (any Error).self) { try await ParsedLine.parse(words) }
        #expect(CommandLineAdvice(arguments: words).problem.map { "\($0)" } == expected)
    }

    /// The parser's own message says what is wrong.
    @Test(arguments: [
        "run hello.yml --keep fail", "run hello.yml --parallel", "run a.yml b.yml", "ssh", "report a b", "run x.yml --where --cell",
    ])
    func aKnownOptionGetsNoAdvice(_ line: String) {
        #expect(CommandLineAdvice(arguments: Self.words(line)).problem == nil)
    }

    @Test func theWordsOfOtherToolsAreNoCommandsOfOurs() {
        let names = MatrixCommand.configuration.subcommands.compactMap { $0.configuration.commandName }
        for name in names { #expect(CommandLineAdvice(arguments: [name]).problem == nil) }
    }

    /// Words at blanks; single quotes hold words together.
    static func words(_ line: String) -> [String] {
        var words: [String] = []
        var current: String?
        var isQuoted = false
        for character in line {
            if character == "'" {
                isQuoted.toggle()
                current = current ?? ""
            } else if character == " ", !isQuoted {
                if let word = current { words.append(word) }
                current = nil
            } else {
                current = (current ?? "") + String(character)
            }
        }
        return words + (current.map { [$0] } ?? [])
    }
}
