public import ArgumentParser
import MatrixCore
public import MatrixFile

/// `matrix schema`.
struct SchemaCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "schema", abstract: "Print the JSON Schema of matrix files and the files beside them, for editors.",
        discussion: """
            An editor that knows the schema completes keys, explains them, and marks what is wrong. matrix init writes the schemas into \
            matrices/schemas and names them in the files that it makes; after an update of matrix, write them again with --output.
            """
    ).showing([
        "of matrix files": "matrix schema > matrix.schema.json",
        "all of them, into a folder of the project": "matrix schema --output matrices/schemas",
    ])

    @Option(help: "The kind of file: matrix, platforms (what use: names), checks (for matrix check), recipe or scenario.")
    var kind: SchemaKind = .matrix

    @Option(help: ArgumentHelp("Write the schemas of all kinds into this folder.", valueName: "dir"), completion: Complete.folder)
    var output: String?

    func run() throws {
        guard let output else { return Terminal.output(try Terminal.json(Schemas.schema(of: kind))) }
        for file in try Schemas.write(SchemaKind.allCases, to: output) { Terminal.output("written: \(file)") }
    }
}

extension SchemaKind: ExpressibleByArgument {}
