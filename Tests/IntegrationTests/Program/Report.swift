import Foundation
import MatrixCore
import Testing

/// The newest report of a project.
struct Report {
    let result: RunResult
    let folder: URL

    var run: String { result.run.value }

    init(_ project: Project, in reports: String = "reports") throws {
        try self.init(at: project.url.appendingPathComponent("\(reports)/latest").resolvingSymlinksInPath())
    }

    /// The report in a folder.
    init(at folder: URL) throws {
        self.folder = folder
        result = try JSON.decode(RunResult.self, from: Array(Data(contentsOf: folder.appendingPathComponent("results.json"))))
    }

    /// Holds `junit.xml` against the project's own copy of the dialect's schema, and against the exit status.
    func validateJUnit() throws {
        let schema = Project.repository.appendingPathComponent("fixtures/schemas/matrix-junit.xsd").path
        let junit = folder.appendingPathComponent("junit.xml").path
        #expect(try Shell.run("xmllint", "--noout", "--nonet", "--schema", schema, junit).status == 0)
        let text = try String(contentsOfFile: junit, encoding: .utf8)
        let isBad = text.contains("<failure ") || text.contains("<error ")
        #expect(isBad == (result.exitStatus != .passed))
    }
}
