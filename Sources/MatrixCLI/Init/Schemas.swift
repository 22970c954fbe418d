import MatrixCore
import MatrixDeployers
import MatrixFile
import MatrixSimulation

/// The JSON Schemas of all kinds of files, and how a file names its own.
enum Schemas {
    /// Where `matrix init` writes them, from the project's folder.
    static let folder = "matrices/schemas"

    static func schema(of kind: SchemaKind) throws -> Value {
        let loader = try MatrixSource.loader(for: nil)
        return switch kind {
        case .matrix: loader.schema()
        case .platforms: loader.platformsSchema()
        case .checks: loader.checksSchema()
        case .recipe:
            loader.schema(
                of: Recipe.shape, kind, "A kind of step that installs something, in recipes/ beside a matrix file",
                checks: ["properties", "stages", "items", "properties", "checks"])
        case .scenario: loader.schema(of: Scenario.shape, kind, "Times and faults of a rehearsal, for matrix run --scenario")
        }
    }

    /// Writes schemas into a folder.
    ///
    /// - Returns: the files' paths.
    static func write(_ kinds: [SchemaKind], to folder: String) throws -> [String] {
        try kinds.map { kind in
            let path = "\(folder)/\(kind.fileName)"
            try Paths.write(
                try Terminal.json(schema(of: kind)) + "\n", to: Paths.absolute(path), hint: "name a folder that this account may write to")
            return path
        }
    }

    /// The first line of a file for an editor's YAML language server.
    ///
    /// - Parameter path: the schema's path, relative to the file.
    static func modeline(_ path: String) -> String { "# yaml-language-server: $schema=\(path)\n" }
}
