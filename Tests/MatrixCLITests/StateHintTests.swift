import MatrixCore
import Testing

@testable import MatrixCLI

/// `--state` in what is printed, and after the cell of `matrix ssh`.
@Suite struct StateHintTests {
    @Test(arguments: [
        ("remove it: matrix reap --run 1 --yes", "remove it: matrix reap --state st --run 1 --yes"),
        ("    matrix ssh debian12-podman", "    matrix ssh --state st debian12-podman"),
        (
            "matrix deploy m.yml --cell a\n    matrix destroy m.yml",
            "matrix deploy --state st m.yml --cell a\n    matrix destroy --state st m.yml"
        ),
        ("then: matrix pool lift pi-1; see matrix status", "then: matrix pool lift --state st pi-1; see matrix status --state st"),
        ("matrix reap --state other", "matrix reap --state other"), ("matrix validate m.yml", "matrix validate m.yml"),
        ("solti-matrix reaper, matrix reapers", "solti-matrix reaper, matrix reapers"),
    ])
    func commandsInMessagesGetTheState(text: String, expected: String) {
        #expect(StateHint.added("st", to: text) == expected)
    }

    @Test(arguments: [
        ("$ matrix run m.yml --cell a --keep failed", "$ matrix run --state st m.yml --cell a --keep failed"),
        ("$ matrix run 'my file.yml'", "$ matrix run --state st 'my file.yml'"),
        ("matrix plan and matrix run read them", "matrix plan and matrix run read them"),
    ])
    func aRunOfAFileGetsTheState(text: String, expected: String) {
        #expect(StateHint.added("st", to: text) == expected)
    }

    @Test func acommandWithAFileFindsTheStateOfItsProjectByItself() {
        let text = "matrix ssh a; matrix destroy /p/m.yml --cell a; matrix run /p/m.yml; matrix reap --yes"
        #expect(
            StateHint.added("/p/.matrix", to: text, because: .elsewhere)
                == "matrix ssh --state /p/.matrix a; matrix destroy /p/m.yml --cell a; matrix run /p/m.yml; "
                + "matrix reap --state /p/.matrix --yes"
        )
    }

    @Test func aFolderWithABlankIsQuoted() {
        #expect(StateHint.added("my state", to: "matrix status") == "matrix status --state 'my state'")
    }

    @Test func theStateMayComeAfterTheCell() throws {
        func words(_ command: String...) throws -> [String] {
            let words = try SSHCommand.words(command)
            return [words.state ?? "-"] + words.remote
        }
        #expect(try words("--state", "st", "--", "hostname", "-f") == ["st", "hostname", "-f"])
        #expect(try words("--state=st", "hostname") == ["st", "hostname"])
        #expect(try words("--state", "st") == ["st"])
        #expect(try words("ls", "--state", "x") == ["-", "ls", "--state", "x"])
        #expect(try words("--", "--state") == ["-", "--state"])
        #expect(throws: UsageError.self) { try words("--state") }
    }
}
