/// How large a matrix may be. A file within the limits is read in at most two seconds and 300 MB; one beyond them is refused with the
/// limit's name.
enum LoadLimits {
    /// The bytes of the matrix file and all files that it uses together.
    static let bytes = 1 << 20
    /// The items of `use:`.
    static let usedFiles = 100
    /// The errors, and the warnings, that are kept: the rest follows from the same mistakes, or can wait.
    static let problems = 100
    /// The characters of one message.
    static let message = 500
    /// A cell's name holds a value of each axis, and has at most 44 characters.
    static let axes = 30
    /// More cells are a mistake in the axes.
    static let cells = 20_000
    /// The hosts of one cell.
    static let hosts = 1000
    /// The bytes of one text after its references are replaced.
    static let text = 256 << 10
    /// The variables through which one variable is set: each level calls all readers of a document again.
    static let variableDepth = 30
    /// The characters of a text that is compared with a pattern.
    static let patternText = 1000
    /// What all cells together may hold: see ``LoadWork``. Task-local, as is the next one, because a debug build takes half a minute to
    /// reach it.
    @TaskLocal static var work = 1_000_000
    /// The steps of the search for a sample: see ``SamplingWork``.
    @TaskLocal static var sampling = 50_000_000
}
