import ArgumentParser

/// The options of the commands for one phase of kept cells.
struct StageOptions: ParsableArguments {
    @Argument(help: ArgumentHelp("The matrix file (default: the only one of matrices/).", valueName: "file"), completion: Complete.yaml)
    private var named: String?

    @OptionGroup var selection: SelectionOptions
    @OptionGroup var state: StateOptions

    @Option(help: ArgumentHelp("Where reports go (default: reports in the project).", valueName: "dir"), completion: Complete.folder)
    var reports: String?

    @OptionGroup var progress: ProgressOptions

    /// The matrix file.
    var file: String { named ?? "" }

    /// With the matrix file that is meant if the command line names none.
    func withFile(for command: String) throws -> StageOptions {
        var copy = self
        copy.named = try MatrixChoice.file(named, for: command)
        return copy
    }
}
