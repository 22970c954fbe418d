import ArgumentParser
import MatrixFile

/// Which cells of a matrix are meant.
struct SelectionOptions: ParsableArguments {
    @Option(name: .long, help: ArgumentHelp("Only cells whose name matches (repeatable).", valueName: "glob"))
    var cell: [String] = []

    @Option(name: .customLong("where"), help: ArgumentHelp("Only cells with this axis value (repeatable).", valueName: "axis=glob"))
    var conditions: [String] = []

    @Option(name: .customLong("set"), help: ArgumentHelp("Change a value of the matrix file (repeatable).", valueName: "vars.x=y"))
    var settings: [String] = []

    @Option(name: .customLong("tags"), help: ArgumentHelp("Only steps and checks with one of these tags (repeatable).", valueName: "tag"))
    var tags: [String] = []

    var selection: Selection {
        Selection(cells: cell, conditions: conditions, settings: settings, tags: tags.flatMap { $0.split(separator: ",").map(String.init) })
    }
}
