import Foundation
import MatrixCore
import MatrixFile
import MatrixTesting
import Testing

@testable import MatrixCLI

/// `docs/matrix.schema.json` is what `matrix schema` prints; `SOLTI_UPDATE_GOLDEN=1` writes it anew.
@Suite struct SchemaCommandTests {
    @Test func theCommittedSchemaIsCurrent() throws {
        let file = URL(fileURLWithPath: Repository.path("docs/matrix.schema.json"))
        let text = String(decoding: try JSON.encode(MatrixSource.loader(for: nil).schema(), pretty: true), as: UTF8.self) + "\n"
        if ProcessInfo.processInfo.environment["SOLTI_UPDATE_GOLDEN"] == "1" { try Data(text.utf8).write(to: file) }
        #expect(try String(contentsOf: file, encoding: .utf8) == text, "run the tests with SOLTI_UPDATE_GOLDEN=1")
    }

    @Test(arguments: ["local.yml", "linode.yml"]) func ourOwnMatricesAreValid(name: String) throws {
        let plan = try MatrixSource.load(Repository.path("matrices/\(name)"))
        #expect(!plan.cells.isEmpty)
        #expect(plan.warnings.isEmpty)
    }
}
