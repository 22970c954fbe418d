import Foundation
import Testing

/// The official schemas of CI engines and of Kubernetes, as two programs of PyPI carry them.
enum EngineSchemas {
    private static func program(_ name: String) -> String { Project.repository.appendingPathComponent("fixtures/.venv/bin/\(name)").path }

    /// Holds a file against a schema that check-jsonschema carries.
    static func check(_ schema: String, _ file: String) throws {
        let result = try Shell.run(program("check-jsonschema"), "--builtin-schema", schema, file)
        #expect(result.status == 0, "\(result.output)\n\((try? String(contentsOfFile: file, encoding: .utf8)) ?? "")")
    }

    /// Holds a file against Kubernetes' own schemas; properties that are none are errors.
    static func checkKubernetes(_ file: String) throws {
        let result = try Shell.run(program("kubernetes-validate"), "--strict", file)
        #expect(result.status == 0, "\(result.output)\n\((try? String(contentsOfFile: file, encoding: .utf8)) ?? "")")
    }
}
