import ArgumentParser
import MatrixFile

/// The options that select cells of a matrix.
struct SelectionOptions: ParsableArguments {
    @Option(name: .long, help: ArgumentHelp("Only cells whose name matches (repeatable).", valueName: "glob"), completion: Complete.cells)
    var cell: [String] = []

    @Option(
        name: .customLong("where"), help: ArgumentHelp("Only cells with this axis value (repeatable).", valueName: "axis=glob"),
        completion: Complete.conditions)
    var conditions: [String] = []

    @Option(
        name: .customLong("set"), help: ArgumentHelp("Change a value of the matrix file (repeatable).", valueName: "vars.x=y"),
        completion: Complete.settings)
    var settings: [String] = []

    @Option(
        name: .customLong("tags"), help: ArgumentHelp("Only steps and checks with one of these tags (repeatable).", valueName: "tag"),
        completion: Complete.tags)
    var tags: [String] = []

    @Option(
        help: ArgumentHelp("Only the I-th of N parts of the selected cells, so that N runners share a matrix.", valueName: "i/n"),
        transform: Self.shard)
    var shard: ShardChoice?

    var selection: Selection {
        Selection(
            cells: cell, conditions: conditions, settings: settings, tags: tags.flatMap { $0.split(separator: ",").map(String.init) },
            shard: shard)
    }

    private static func shard(_ text: String) throws -> ShardChoice {
        guard let choice = ShardChoice(text) else {
            throw ValidationError("--shard needs I/N with I from 1 to N, such as 1/3, not '\(text)'")
        }
        return choice
    }
}
