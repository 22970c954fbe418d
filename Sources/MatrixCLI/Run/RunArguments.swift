import MatrixCore
import MatrixFile

/// The options of `matrix run` except the selection.
struct RunArguments {
    var keep: Keep?
    var parallel: Int?
    var failFast: Bool
    var reports: String?
    var state: StateOptions
    var selection = Selection()
    /// The command, if it is not `run`: `create`.
    var command: String?
    /// Whether requests to platforms' APIs are kept with their answers.
    var record = false

    /// The longest text of options that a printed command repeats.
    private static let longestOptions = 400

    /// What changed the matrix's plan, as printed commands repeat it after their other words: `--set vars.role=loki`. A comment stands for
    /// options that are too long for a line. Nil if nothing did.
    var planOptions: String? {
        let words = selection.settings.flatMap { ["--set", $0] } + selection.tags.flatMap { ["--tags", $0] }
        guard !words.isEmpty else { return nil }
        let text = ShellQuoting.join(words)
        let isLine = text.utf8.count <= Self.longestOptions && !text.contains(where: \.isNewline)
        return isLine ? text : "# add the --set and --tags of this run"
    }

    /// The options that a later process needs to continue the run.
    var recorded: [String: [String]] {
        var options: [String: [String]] = [
            "cell": selection.cells, "where": selection.conditions, "set": selection.settings, "tags": selection.tags,
        ]
        options["shard"] = selection.shard.map { ["\($0.index)/\($0.count)"] }
        options["keep"] = keep.map { [$0.rawValue] }
        options["parallel"] = parallel.map { ["\($0)"] }
        options["fail-fast"] = failFast ? ["true"] : nil
        options["command"] = command.map { [$0] }
        options["record"] = record ? ["true"] : nil
        return options.filter { !$0.value.isEmpty }
    }
}

extension RunArguments {
    /// The options with which a run was started.
    ///
    /// - Parameter state: the state folder in which the continuing process finds the run.
    init(recorded arguments: [String: [String]], state: StateOptions) {
        self.init(
            keep: arguments["keep"]?.first.flatMap { Keep(rawValue: $0) }, parallel: arguments["parallel"]?.first.flatMap { Int($0) },
            failFast: arguments["fail-fast"]?.first == "true", state: state, selection: Selection(recorded: arguments),
            record: arguments["record"]?.first == "true")
    }
}

extension Selection {
    /// The selection with which a run was started.
    init(recorded arguments: [String: [String]]) {
        self.init(
            cells: arguments["cell"] ?? [], conditions: arguments["where"] ?? [], settings: arguments["set"] ?? [],
            tags: arguments["tags"] ?? [],
            shard: arguments["shard"]?.first.flatMap { ShardChoice($0) })
    }
}
