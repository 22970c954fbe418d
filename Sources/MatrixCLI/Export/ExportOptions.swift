import ArgumentParser
import Foundation
import MatrixCore
import MatrixFile

/// The options of all forms of `matrix export`.
struct ExportOptions: ParsableArguments {
    @Argument(help: "The matrix file.", completion: Complete.yaml)
    var file: String

    @OptionGroup var selection: SelectionOptions

    @Option(help: ArgumentHelp("How many runners share the cells (default: one for each cell, at most 20).", valueName: "n"))
    var shards: Int?

    @Option(
        help: ArgumentHelp(
            "A command that puts matrix on the runner's PATH (repeatable; default: none, the runner has it).", valueName: "command"))
    var install: [String] = []

    @Option(
        name: .customLong("env"),
        help: ArgumentHelp("A further variable that the runs need from the runner's secrets (repeatable).", valueName: "name"))
    var variables: [String] = []

    @Option(
        name: .shortAndLong, help: ArgumentHelp("The file to write (default: standard output).", valueName: "path"), completion: .file())
    var output: String?

    func validate() throws {
        if let shards, shards < 1 { throw ValidationError("--shards needs a number from 1") }
        if selection.shard != nil {
            throw ValidationError("--shard cannot be exported: the file gives each runner its shard; use --shards N")
        }
        for name in variables where name.wholeMatch(of: /[A-Za-z_][A-Za-z0-9_]*/) == nil {
            throw ValidationError("--env needs the name of a variable, not '\(name)'")
        }
    }

    /// Reads the matrix and divides its cells into shards.
    ///
    /// - Parameter most: the most shards that the engine accepts.
    func fan(most: Int) throws -> ShardPlan {
        let plan = try MatrixSource.load(file, selection.selection, isOffline: true)
        for warning in plan.warnings { Terminal.error(warning.description) }
        let count = shards ?? min(plan.cells.count, 20)
        guard count <= min(plan.cells.count, most) else {
            let cells = "\(plan.cells.count) cell\(plan.cells.count == 1 ? " is" : "s are") selected"
            throw UsageError(
                "\(count) shards are too many: \(cells), and the limit here is \(most)",
                hint: "use --shards \(min(plan.cells.count, most)) or fewer")
        }
        let secret = Set(plan.secrets.values.compactMap(\.environmentVariable) + plan.platforms.values.flatMap(PlatformSecrets.variables))
            .union(variables)
        let others = Set(plan.placeholders).union(referred).subtracting(secret)
        return ShardPlan(
            name: plan.name, file: relative(plan), arguments: selectionArguments,
            shards: ShardChoice.parts(of: plan.cells.map(\.name), count: count), install: install,
            variables: secret.union(others).sorted(), plain: others.filter { !MatrixLoader.isSecret(variable: $0) },
            hasAfter: plan.after != nil)
    }

    /// The variables of the environment that the selected cells refer to, also those that are set here.
    private var referred: [String] {
        let bare = ProcessInfo.processInfo.environment.filter { $0.key == "HOME" }
        let loader = try? MatrixSource.loader(for: file, environment: bare, isOffline: true)
        // With variables of this machine the file is valid; without them it need not be.
        return (try? loader?.load(file, selection: selection.selection))?.placeholders ?? []
    }

    func write(_ text: String) throws {
        guard let output else { return Terminal.output(text.hasSuffix("\n") ? String(text.dropLast()) : text) }
        try Paths.write(text, to: Paths.absolute(output), hint: "name another file with --output")
        Terminal.error("written: \(output)")
    }

    /// The path of the file from the project's folder, in which CI jobs start.
    private func relative(_ plan: Plan) -> String {
        let path = Paths.absolute(file)
        return path.hasPrefix("\(plan.project)/") ? String(path.dropFirst(plan.project.count + 1)) : path
    }

    private var selectionArguments: [String] {
        selection.cell.flatMap { ["--cell", $0] } + selection.conditions.flatMap { ["--where", $0] }
            + selection.settings.flatMap { ["--set", $0] }
            + selection.tags.flatMap { ["--tags", $0] }
    }
}
