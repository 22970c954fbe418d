public import MatrixCore

/// The run's options from the command line, beside its matrix file.
public struct RunOptions: Sendable {
    public var run: RunID
    /// The report's folder, absolute; exists.
    public var reports: String
    /// The run's private folder below the state folder, absolute, mode 0700; exists.
    public var directory: String
    /// Cells at once, if the command line sets a lower limit than the file.
    var parallel: Int?
    var keep: Keep
    var failFast: Bool
    /// Facts about the run for its report: command line, version, system. `options` is what printed commands repeat.
    var environment: [String: String]
    var commit: String?
    /// Where cells of earlier processes begin, by name; the others begin at their create.
    public var starts: [String: CellStart]
    /// The words that run the matrix again, without a selection of cells: `matrix run FILE`. Empty if not known.
    public var again: [String]
    /// Asked before a cell that has failed is taken down; nil to take it down.
    public var stop: (any FailureStop)?
    /// How long cells took in the past: the longest starts first.
    public var expected: ExpectedTimes

    /// The path of a cell's kubeconfig. It exists as long as the run's folder, for the cell's steps and for a kept cell.
    public static func kubeconfig(of cell: String, in directory: String) -> String { "\(directory)/\(cell).kubeconfig" }

    public init(
        run: RunID, reports: String, directory: String, parallel: Int? = nil, keep: Keep = .never, failFast: Bool = false,
        environment: [String: String] = [:], commit: String? = nil, starts: [String: CellStart] = [:],
        again: [String] = [], expected: ExpectedTimes = ExpectedTimes()
    ) {
        self.run = run
        self.reports = reports
        self.directory = directory
        self.parallel = parallel
        self.keep = keep
        self.failFast = failFast
        self.environment = environment
        self.commit = commit
        self.starts = starts
        self.again = again
        self.expected = expected
    }
}
