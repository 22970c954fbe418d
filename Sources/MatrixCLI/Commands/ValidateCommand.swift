import ArgumentParser
import MatrixCore
import MatrixFile

/// `matrix validate FILE…`.
struct ValidateCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "validate", abstract: "Check matrix files; all problems at once, each with its position.",
        discussion: """
            Runs nothing, reads no secret, and opens no connection: a file of a stranger can be checked. Placeholders stand for \
            variables of the environment that are not set.
            """)

    @Argument(help: "The matrix files.")
    var files: [String]

    func run() throws {
        var problems: [Diagnostic] = []
        for file in files {
            do {
                let plan = try MatrixSource.load(file, isOffline: true)
                for warning in plan.warnings { Terminal.error(warning.description) }
                Terminal.output("\(file): ok, \(plan.cells.count) cell\(plan.cells.count == 1 ? "" : "s")")
            } catch let error as UsageError {
                problems += error.diagnostics
            }
        }
        if !problems.isEmpty { throw UsageError(problems) }
    }
}
