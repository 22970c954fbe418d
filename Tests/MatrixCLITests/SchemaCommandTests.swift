import Foundation
import MatrixCore
import MatrixFile
import MatrixTesting
import Testing

@testable import MatrixCLI

/// `docs/KIND.schema.json` is what `matrix schema --kind KIND` prints; `SOLTI_UPDATE_GOLDEN=1` writes it anew.
@Suite struct SchemaCommandTests {
    @Test(arguments: SchemaKind.allCases) func theCommittedSchemaIsCurrent(_ kind: SchemaKind) throws {
        let file = URL(fileURLWithPath: Repository.path("docs/\(kind.fileName)"))
        let text = try Terminal.json(Schemas.schema(of: kind)) + "\n"
        if ProcessInfo.processInfo.environment["SOLTI_UPDATE_GOLDEN"] == "1" { try Data(text.utf8).write(to: file) }
        #expect(try String(contentsOf: file, encoding: .utf8) == text, "run the tests with SOLTI_UPDATE_GOLDEN=1")
    }

    @Test(arguments: SchemaKind.allCases) func itKeepsTheRulesOfItsDraft(_ kind: SchemaKind) throws {
        let schema = try Schemas.schema(of: kind)
        #expect(SchemaRules.problems(of: schema) == [])
        #expect(schema["$id"]?.string == kind.id && schema["title"]?.string?.isEmpty == false)
    }

    @Test func aRecipesChecksAreChecks() throws {
        let path = "properties.stages.items.properties.checks.items.$ref"
        #expect(try Schemas.schema(of: .recipe).element(at: path) == "#/$defs/verify")
    }

    /// Each file that `matrix init` writes names a schema that it writes, too.
    @Test(arguments: FirstPlatform.allCases) func firstFilesNameTheirSchemas(_ platform: FirstPlatform) throws {
        let first = FirstMatrix(name: "site", systems: ["debian12"], platform: platform)
        for file in first.files where !file.path.hasSuffix("-greeting.yml") {
            let line = try #require(file.text.split(separator: "\n").first)
            #expect(line.hasPrefix("# yaml-language-server: $schema="))
            let schema = URL(fileURLWithPath: "/p/\(file.path)").deletingLastPathComponent()
                .appendingPathComponent(String(line.drop { $0 != "=" }.dropFirst())).standardizedFileURL.path
            let names = [SchemaKind.matrix, .platforms].map { "/p/\(Schemas.folder)/\($0.fileName)" }
            #expect(names.contains(schema), "\(file.path): \(schema)")
        }
    }

    @Test(arguments: ["local.yml", "linode.yml"]) func ourOwnMatricesAreValid(name: String) throws {
        let plan = try MatrixSource.load(Repository.path("matrices/\(name)"))
        #expect(!plan.cells.isEmpty)
        #expect(plan.warnings.isEmpty)
    }
}
