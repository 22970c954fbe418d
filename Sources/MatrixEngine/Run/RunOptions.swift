public import MatrixCore

/// What the command line says about a run beside its matrix file.
public struct RunOptions: Sendable {
    public var run: RunID
    /// The report's folder, absolute; exists.
    public var reports: String
    /// The run's private folder below the state folder, absolute, mode 0700; exists.
    public var directory: String
    /// Cells at once, where the command line bounds them further than the file.
    public var parallel: Int?
    public var keep: Keep
    public var failFast: Bool
    /// Facts about the run for its report: command line, version, system.
    public var environment: [String: String]
    public var commit: String?
    /// Where cells begin that earlier processes worked on, by name; the others begin at their create.
    public var starts: [String: CellStart]
    /// What cells took in the past: the longest starts first.
    public var expected: ExpectedTimes

    /// Where a cell's kubeconfig is, as long as the run's folder is: for its own steps and for those of a kept cell.
    public static func kubeconfig(of cell: String, in directory: String) -> String { "\(directory)/\(cell).kubeconfig" }

    public init(
        run: RunID, reports: String, directory: String, parallel: Int? = nil, keep: Keep = .never, failFast: Bool = false,
        environment: [String: String] = [:], commit: String? = nil, starts: [String: CellStart] = [:], expected: ExpectedTimes = ExpectedTimes()
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
        self.expected = expected
    }
}
