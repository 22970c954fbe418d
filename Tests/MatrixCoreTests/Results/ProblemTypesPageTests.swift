import Foundation
import MatrixCore
import MatrixTesting
import Testing

/// `docs/problem-types.md` is made from the comments of ``ProblemType`` and ``ProblemFamily``; `SOLTI_UPDATE_GOLDEN=1` writes it anew.
@Suite struct ProblemTypesPageTests {
    private static let sources = ["ProblemType", "ProblemFamily"].map { "Sources/MatrixCore/Results/\($0).swift" }

    private static func read(_ path: String) throws -> String { try String(contentsOfFile: Repository.path(path), encoding: .utf8) }

    /// A table for each `MARK`, a row for each case.
    private static func tables(of source: String) throws -> String {
        var (text, meaning, next) = ("", "", "")
        for line in try read(source).split(separator: "\n").map({ $0.trimmingCharacters(in: .whitespaces) }) {
            if line.hasPrefix("// MARK: - ") {
                text += heading(String(line.dropFirst(11)))
            } else if line.hasPrefix("/// Next: ") {
                next = String(line.dropFirst(10))
            } else if line.hasPrefix("/// ") {
                meaning = String(line.dropFirst(4))
            } else if line.hasPrefix("case "), let type = line.split(separator: "\"").dropFirst().first {
                text += "| `\(type)` | \(meaning) | \(next) |\n"
            }
        }
        return text
    }

    private static func heading(_ title: String) -> String { "\n## \(title)\n\n| type | means | next |\n|---|---|---|\n" }

    private static func page() throws -> String {
        """
        # Problem types

        The dotted `type` of a case in `junit.xml`, [`results.json`](results.md) and the page says what kind of problem it is. \
        The types do not change
        from one version to the next; new ones may come. The message of the case has the details and its own next step.

        """ + (try tables(of: sources[0])) + heading("With a word of the matrix file or the run") + (try tables(of: sources[1]))
    }

    @Test func thePageIsMadeFromTheComments() throws {
        let path = Repository.path("docs/problem-types.md")
        let page = try Self.page()
        if ProcessInfo.processInfo.environment["SOLTI_UPDATE_GOLDEN"] == "1" { try Data(page.utf8).write(to: URL(filePath: path)) }
        #expect(try Self.read("docs/problem-types.md") == page, "run the tests with SOLTI_UPDATE_GOLDEN=1")
        for type in ProblemType.allCases.map(\.rawValue) + ProblemFamily.allCases.map(\.rawValue) {
            #expect(page.contains("| `\(type)` | "))
        }
        #expect(!page.contains("|  |"), "every type says what it means and what to do next")
    }

    @Test func typesAreWrittenOnlyOnce() throws {
        // A word of another program gets the prefix there.
        let allowed = Set(Self.sources + ["Sources/MatrixReports/JUnit/JUnitType.swift"])
        let root = Repository.path("Sources")
        for path in try FileManager.default.subpathsOfDirectory(atPath: root) where path.hasSuffix(".swift") {
            let file = "Sources/\(path)"
            guard !allowed.contains(file), !path.hasPrefix("MatrixTesting/"), !path.hasPrefix("matrix-bench/") else { continue }
            #expect(try !Self.read(file).contains("\"matrix."), "\(file) names a problem type: give it a case of ProblemType")
        }
    }

    @Test func aFamilyTakesItsWordsInOrder() {
        #expect(ProblemFamily.check.type("http") == "matrix.check.http")
        #expect(ProblemFamily.outcome.type("verify", "error") == "matrix.verify.error")
        #expect(ProblemFamily.recipeFile.type("panel") == "matrix.panel.file")
    }
}
