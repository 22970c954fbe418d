import MatrixCore

/// Selects the cells that the command line and the environment ask for.
struct CellSelector {
    /// The environment variable for `--where os=…`, known from run-proxmox-tests.sh.
    static let variable = "PROXMOX_DISTRO"

    let context: LoadContext
    let axes: Axes
    let selection: Selection

    /// The selection, for reports; a selection from the environment is announced.
    private(set) var described: [String] = []
    private var conditions: [(axis: String, glob: String, source: String)] = []

    init(_ selection: Selection, axes: Axes, context: LoadContext) {
        self.context = context
        self.axes = axes
        self.selection = selection
        for text in selection.conditions { add(text) }
        addEnvironment()
        described = selection.cells.map { "--cell \($0)" } + conditions.map(\.source) + selection.tags.map { "--tags \($0)" }
    }

    private mutating func add(_ text: String) {
        let parts = text.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
        guard parts.count == 2, !parts[1].isEmpty else {
            return context.problems.error(
                at: nil, "`--where \(text)` is not a condition", hint: "write --where AXIS=VALUE, such as --where os=debian12")
        }
        guard axes.index(of: parts[0]) != nil else {
            let hint = Hint.meant(parts[0], among: axes.names, otherwise: "there are")
            return context.problems.error(at: nil, "there is no axis `\(parts[0])` for --where \(text)", hint: hint)
        }
        conditions.append((parts[0], parts[1], "--where \(text)"))
    }

    private mutating func addEnvironment() {
        guard let value = context.environment[Self.variable], !value.isEmpty, axes.index(of: "os") != nil else { return }
        if conditions.contains(where: { $0.axis == "os" }) {
            return context.problems.warning(at: nil, "\(Self.variable)=\(value) is ignored: --where names an os", hint: "unset it")
        }
        conditions.append(("os", value, "\(Self.variable)=\(value)"))
        context.problems.warning(
            at: nil, "\(Self.variable)=\(value) in the environment: only cells with os=\(value) are run", hint: "unset it to run all")
    }

    /// Whether a cell is selected: by any `--cell`, and for each axis by any of its conditions.
    private func takes(_ point: Point, _ condition: Condition) -> Bool {
        guard selection.cells.isEmpty || selection.cells.contains(where: { Glob.matches($0, point.name) }) else { return false }
        return condition.holds(at: point.values)
    }

    /// The selected points, in order; a condition that selects nothing is an error.
    ///
    /// - Parameter isOnDemand: whether the cells of a platform must be asked for by its name.
    func selected(from points: [Point], isOnDemand: (_ platform: String) -> Bool) -> [Bool] {
        let taken = selected(from: points)
        guard let axis = axes.index(of: "platform") else { return taken }
        let platforms = axes.values[axis]
        let passed = Set(platforms.filter(isOnDemand)).subtracting(demanded(among: points))
        guard !passed.isEmpty else { return taken }
        return zip(points, taken).map { point, isTaken in isTaken && !passed.contains(platforms[point.values[axis]]) }
    }

    private func selected(from points: [Point]) -> [Bool] {
        guard !selection.cells.isEmpty || !conditions.isEmpty else { return Array(repeating: true, count: points.count) }
        let alternatives = Dictionary(grouping: conditions, by: \.axis).map { ($0.key, $0.value.map(\.glob)) }
        let condition = Condition(alternatives, over: axes, work: context.work)
        let taken = points.map { takes($0, condition) }
        guard !points.isEmpty else { return taken }
        let before = context.problems.count
        for glob in selection.cells where !points.contains(where: { Glob.matches(glob, $0.name) }) {
            reportNothing("--cell \(glob)", glob, points.map(\.name), "the cells are")
        }
        for (name, glob, source) in conditions {
            guard let axis = axes.index(of: name), !axes.values[axis].contains(where: { Glob.matches(glob, $0) }) else { continue }
            reportNothing(source, glob, axes.values[axis], "the values of `\(name)` are")
        }
        if !taken.contains(true), context.problems.count == before {
            let all = described.filter { !$0.hasPrefix("--tags") }.joined(separator: " ")
            context.problems.error(
                at: nil, "`\(all)` together select no cell", hint: Hint.meant("", among: points.map(\.name), otherwise: "the cells are"))
        }
        return taken
    }

    /// The platforms that the user asks for: an option whose cells are all on one platform asks for it, and so does a matrix that has no
    /// other.
    func demanded(among points: [Point]) -> Set<String> {
        guard let axis = axes.index(of: "platform") else { return [] }
        let platforms = axes.values[axis]
        let ofCells = selection.cells.map { glob in
            Set(points.filter { Glob.matches(glob, $0.name) }.map { platforms[$0.values[axis]] })
        }
        let ofConditions = conditions.filter { $0.axis == "platform" }.map { condition in
            Set(platforms.filter { Glob.matches(condition.glob, $0) })
        }
        let all = Set(points.map { platforms[$0.values[axis]] })
        return Set((ofCells + ofConditions + [all]).filter { $0.count == 1 }.flatMap(\.self))
    }

    private func reportNothing(_ source: String, _ glob: String, _ names: [String], _ introduction: String) {
        context.problems.error(at: nil, "`\(source)` selects no cell", hint: Hint.meant(glob, among: names, otherwise: introduction))
    }
}
