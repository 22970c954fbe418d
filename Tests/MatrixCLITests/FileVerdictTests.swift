import MatrixCore
import MatrixTesting
import Testing

@testable import MatrixCLI

/// What `matrix validate` says of a file, for persons and programs.
@Suite struct FileVerdictTests {
    private let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    private func verdict(_ text: String) throws -> FileVerdict { FileVerdict(of: try folder.put("m.yml", text)) }

    /// A wrong key hides no wrong value beside it.
    @Test func everyProblemIsToldAtOnce() throws {
        let verdict = try verdict(
            """
            version: 1
            axes: { os: [debian12, debain13], platform: podman }
            deploy:
              - { name: x, shel: echo }
            verify:
              - http: localhost
                statuss: 200
              - file: /x
                mode: 999
              - file: etc/passwd
                ownerr: root
            """)
        let messages = verdict.problems.map(\.message)
        #expect(!verdict.isValid && verdict.cells == nil)
        for word in [
            "`debain13`", "`shel`", "`statuss`", "'localhost' is not an http or https URL", "no file has the mode `999`", "`ownerr`",
            "'etc/passwd'",
        ] {
            #expect(messages.contains { $0.contains(word) }, "\(word): \(messages)")
        }
        #expect(Set(messages).count == messages.count)
    }

    /// What a misspelt key would have given is not missed as well.
    @Test func aMisspeltKeyIsOneProblem() throws {
        let verdict = try verdict("version: 1\naxes: { os: [debian12], platform: podman }\nverify: [{ command: \"true\", exitt: 0 }]\n")
        #expect(verdict.problems.count == 1 && verdict.problems.first?.message.contains("`exitt`") == true)
    }

    @Test func programsGetPositions() throws {
        let verdict = try verdict("version: 1\naxes: { os: [debian12], platform: podman }\nverfy: []\n")
        let problem = try #require(verdict.value["problems"]?.elements.first)
        #expect(verdict.value["valid"] == false && verdict.value["cells"] == .null)
        #expect(problem["line"] == 3 && problem["column"] == 1 && problem["severity"] == "error")
        #expect(problem["next"]?.string?.contains("verify") == true)
        #expect(verdict.annotations.hasPrefix("::error file="))
        #expect(verdict.annotations.contains(",line=3,col=1::"))
    }

    @Test func annotationsAreEscaped() {
        let problem = Diagnostic(at: SourceLocation(file: "a,b:c.yml", line: 1, column: 2), "100%\nlost", hint: "x: y")
        #expect(problem.annotation(in: "m.yml") == "::error file=a%2Cb%3Ac.yml,line=1,col=2::100%25%0Alost; x: y")
        #expect(Diagnostic(.warning, at: nil, "odd").annotation(in: "m.yml") == "::warning file=m.yml::odd")
    }
}
