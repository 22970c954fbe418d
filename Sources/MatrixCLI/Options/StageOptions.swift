import ArgumentParser

/// The options of the commands for one phase of kept cells.
struct StageOptions: ParsableArguments {
    @Argument(help: "The matrix file.")
    var file: String

    @OptionGroup var selection: SelectionOptions
    @OptionGroup var state: StateOptions

    @Option(help: ArgumentHelp("Where reports go (default: reports in the project).", valueName: "dir"))
    var reports: String?

    @Option(help: "How progress and result are shown: auto, tty, plain, github or json.")
    var format: ProgressFormat = .auto

    @Flag(name: .shortAndLong, help: "Show every line of output.")
    var verbose = false
}
