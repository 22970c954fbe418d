import ArgumentParser
import MatrixCore
import MatrixFile

/// `matrix schema`.
struct SchemaCommand: ParsableCommand {
    static let configuration = CommandConfiguration(commandName: "schema", abstract: "Print the JSON Schema of matrix files, for editors.")

    func run() throws {
        Terminal.output(try Terminal.json(MatrixSource.loader(for: nil).schema()))
    }
}
