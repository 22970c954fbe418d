import ArgumentParser

/// The options of the commands for one phase of kept cells.
struct StageOptions: ParsableArguments {
    @Argument(help: "The matrix file.")
    var file: String

    @OptionGroup var selection: SelectionOptions
    @OptionGroup var state: StateOptions

    @Option(help: ArgumentHelp("Where reports go (default: reports in the project).", valueName: "dir"))
    var reports: String?

    @OptionGroup var progress: ProgressOptions
}
