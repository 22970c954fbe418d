/// A finished or interrupted run: the one source of every report. Written as `results.json`.
public struct RunResult: Sendable, Codable {
    /// The version of this format; readers refuse a higher one.
    public static let formatVersion = 1

    var version: Int = RunResult.formatVersion
    public var run: RunID
    public var matrix: String
    /// The matrix file as the user gave it.
    public var file: String
    public var started: Timestamp
    public var finished: Timestamp
    /// The commit of the project, with `-dirty` if its tree was changed.
    public var commit: String?
    public var axes: [Axis]
    /// In plan order.
    public var cells: [CellResult]
    /// Cells that the selection left out.
    public var notSelected: [String]
    public var selection: [String]
    public var warnings: [Diagnostic]
    /// What may be left at a platform.
    public var leaks: [Leak]
    /// What stays up on purpose.
    public var kept: [Resource]
    /// The ways into kept cells that SSH does not reach; nil if there are none.
    public var entrances: [Entrance]?
    public var interrupted: Bool
    /// The exit status that the signal asked for, if one ended the run: 129, 130 or 143.
    public var interruption: ExitStatus?
    /// True until the run ends, and for ever if its process dies: cases without a result are errors. Nil for a run that has ended.
    public var unfinished: Bool?
    /// As in cli.md.
    public var exitStatus: ExitStatus
    /// Facts about the run: the command line, `matrix` version, the runner's system; redacted.
    public var environment: [String: String]
    /// Nil for a run of the whole matrix, and for shards that were merged.
    public var shard: Shard?
    /// Earlier runs of this matrix, newest first; only the newest that was not interrupted has its problems. Nil if
    /// they are not known.
    public var past: [PastRun]?

    public init(
        run: RunID, matrix: String, file: String, started: Timestamp, finished: Timestamp, commit: String? = nil, axes: [Axis],
        cells: [CellResult], notSelected: [String] = [], selection: [String] = [], warnings: [Diagnostic] = [], leaks: [Leak] = [],
        kept: [Resource] = [], interrupted: Bool = false, interruption: ExitStatus? = nil, exitStatus: ExitStatus = .passed,
        environment: [String: String] = [:],
        shard: Shard? = nil, past: [PastRun]? = nil
    ) {
        self.run = run
        self.matrix = matrix
        self.file = file
        self.started = started
        self.finished = finished
        self.commit = commit
        self.axes = axes
        self.cells = cells
        self.notSelected = notSelected
        self.selection = selection
        self.warnings = warnings
        self.leaks = leaks
        self.kept = kept
        self.interrupted = interrupted
        self.interruption = interruption
        self.exitStatus = exitStatus
        self.environment = environment
        self.shard = shard
        self.past = past
    }
}

extension RunResult {
    /// What all cells cost together, an amount for each currency; empty if they are free or the price is unknown.
    public var costs: [Cost] { Cost.sums(cells.flatMap { $0.costs ?? [] }) }
}
