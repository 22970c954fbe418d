public import MatrixCore

/// Joins the results of shards into the result that a run of the whole matrix would have had.
///
/// The merged result is never greener than the shards: a cell without a result is an error.
public struct ShardMerge: Sendable {
    /// One shard's result and its folder.
    public struct Part: Sendable {
        var folder: String
        var result: RunResult

        public init(folder: String, result: RunResult) {
            self.folder = folder
            self.result = result
        }
    }

    private let parts: [Part]
    private let shards: [Shard]

    /// - Throws: `UsageError` if the results are not shards of one matrix, or one shard is given twice.
    public init(_ parts: [Part]) throws {
        guard let first = parts.first else {
            throw UsageError("there is no result to merge", hint: "name the folders of the shards' reports")
        }
        var shards: [Shard] = []
        for part in parts {
            guard let shard = part.result.shard else {
                throw UsageError(
                    "\(part.folder) is of a run of the whole matrix, not of a shard", hint: "run the shards with --shard 1/N to N/N")
            }
            if let twin = shards.firstIndex(where: { $0.index == shard.index }) {
                throw UsageError(
                    "shard \(shard.index)/\(shard.count) is given twice: \(parts[twin].folder) and \(part.folder)",
                    hint: "name only the one that counts")
            }
            try Self.requireSame(first, part)
            shards.append(shard)
        }
        self.parts = parts.sorted { ($0.result.shard?.index ?? 0) < ($1.result.shard?.index ?? 0) }
        self.shards = shards
    }

    /// The shards that have no result, by their numbers.
    public var missing: [Int] {
        let count = shards.first?.count ?? 0
        return (1...max(count, 1)).filter { index in !shards.contains { $0.index == index } }
    }

    /// Whether the matrix has a command under `after:`, which no shard has run.
    public var hasAfter: Bool { shards.contains { $0.after == true } }

    /// The result of the whole matrix.
    ///
    /// - Parameter run: the id of the merged result; the shards' resources keep the ids of the shards' runs.
    public func result(as run: RunID) -> RunResult {
        let results = parts.map(\.result)
        let first = results[0]
        let started = results.map(\.started).min() ?? first.started
        let finished = results.map(\.finished).max() ?? first.finished
        let cells = self.cells(of: results, at: finished)
        let planned = Set(cells.map(\.name))
        let signal = results.compactMap(\.interruption).first
        let leaks = results.flatMap(\.leaks)
        var result = RunResult(
            run: run, matrix: first.matrix, file: first.file, started: started, finished: finished, commit: first.commit,
            axes: Self.axes(of: results),
            cells: cells, notSelected: results.flatMap(\.notSelected).unique.filter { !planned.contains($0) },
            selection: results.flatMap(\.selection).unique.filter { !$0.hasPrefix("--shard") },
            warnings: results.flatMap(\.warnings).unique,
            leaks: leaks, kept: results.flatMap(\.kept), interrupted: signal != nil, interruption: signal,
            exitStatus: .worst(of: [.of(cells, leaks: leaks, signal: signal)] + results.compactMap(\.statusBeyondCells)),
            environment: environment(of: results))
        if results.contains(where: { $0.unfinished == true }) { result.unfinished = true }
        let entrances = results.flatMap { $0.entrances ?? [] }
        if !entrances.isEmpty { result.entrances = entrances }
        return result
    }

    private static func requireSame(_ first: Part, _ other: Part) throws {
        let (one, two) = (first.result, other.result)
        let difference =
            if one.matrix != two.matrix {
                "the matrices \(one.matrix) and \(two.matrix)"
            } else if one.commit != two.commit {
                "the commits \(one.commit ?? "none") and \(two.commit ?? "none")"
            } else if one.shard?.count != two.shard?.count || one.shard?.cells != two.shard?.cells {
                "different cells: the same file, selection and --shard …/N are needed"
            } else {
                ""
            }
        guard difference.isEmpty else {
            throw UsageError("\(first.folder) and \(other.folder) cannot be merged: they are of \(difference)")
        }
    }

    private func cells(of results: [RunResult], at time: Timestamp) -> [CellResult] {
        let found = Dictionary(results.flatMap(\.cells).map { ($0.name, $0) }) { first, _ in first }
        return (shards.first?.cells ?? []).map { planned in
            found[planned.name] ?? Self.missing(planned, of: shards.first?.count ?? 0, at: time)
        }
    }

    private static func missing(_ planned: Shard.Cell, of count: Int, at time: Timestamp) -> CellResult {
        let message = "shard \(planned.shard)/\(count), which runs this cell, gave no result for it"
        let create = CaseResult(
            phase: .create, step: "create", name: "create", outcome: .error, started: time, seconds: 0, message: message,
            detail: "\(message)\nnext: see the job of that shard, run it again, and merge with its report",
            type: ProblemType.shardMissing.rawValue)
        return CellResult(
            name: planned.name, point: planned.point, platform: planned.platform, experimental: planned.experimental, outcome: .error,
            queued: time,
            started: time, finished: time, cases: [create])
    }

    private static func axes(of results: [RunResult]) -> [Axis] {
        var axes = results[0].axes
        for axis in results.dropFirst().flatMap(\.axes) {
            guard let index = axes.firstIndex(where: { $0.name == axis.name }) else {
                axes.append(axis)
                continue
            }
            axes[index].values += axis.values.filter { !axes[index].values.contains($0) }
        }
        return axes
    }

    /// The facts that all shards have in common, and the shards' runs.
    private func environment(of results: [RunResult]) -> [String: String] {
        var facts = results[0].environment.filter { fact in results.allSatisfy { $0.environment[fact.key] == fact.value } }
        facts["shards"] = results.map { "\($0.shard?.index ?? 0)/\($0.shard?.count ?? 0) \($0.run)" }.joined(separator: ", ")
        return facts
    }
}

extension RunResult {
    /// Its status, if neither its cells nor its leaks raised it, such as for a report that could not be written.
    fileprivate var statusBeyondCells: ExitStatus? {
        exitStatus == .of(cells, leaks: leaks, signal: interruption) ? nil : exitStatus
    }
}
