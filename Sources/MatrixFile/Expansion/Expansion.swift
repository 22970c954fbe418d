import MatrixCore

/// Makes the cells of a matrix: lists them, selects some, and plans their steps.
struct Expansion {
    /// The outcome.
    struct Cells {
        var plans: [CellPlan] = []
        var notSelected: [String] = []
        var selection: [String] = []
        var shard: Shard?
        /// The platforms that the selection asks for by name.
        var demanded: Set<String> = []
    }

    private let context: LoadContext
    private let parts: MatrixParts
    private let axes: Axes
    private let points: [Point]
    private let reader: StepReader
    private let systems: [String: OperatingSystem]
    private let expander: CellExpander
    private let selection: Selection

    init(
        _ context: LoadContext, parts: MatrixParts, axes: Axes, points: [Point], scope: StaticScope, kinds: [StepKeys.List: StepKinds],
        drivers: [Declaration], selection: Selection
    ) {
        self.context = context
        self.parts = parts
        self.axes = axes
        self.points = points
        self.selection = selection
        systems = SystemReader(problems: context.problems).catalogue(with: scope.renderWholly(parts.systems).withoutRemoved(below: 1))
        reader = StepReader(context, kinds: kinds, axes: axes.names)
        let base = CellExpander.Base(
            sections: parts.ofCells, overrides: parts.overrides.map { Self.rendered($0, scope) }, includes: parts.includes,
            settings: parts.settings,
            platforms: parts.platforms, drivers: drivers)
        expander = CellExpander(context, axes: axes, base: base, reader: reader, systems: systems)
    }

    /// A condition belongs to the whole file; the other keys of an override belong to cells.
    private static func rendered(_ override: Document, _ scope: StaticScope) -> Document {
        override.merging(scope.renderWholly(override.only(["where"])))
    }

    func cells(platforms: PlatformReader) -> Cells {
        checkValues(platforms)
        readSteps()
        let cells = expander.cells(of: points)
        let steps = StepExpander(context, axes: axes, templates: reader.all, tags: selection.tags)
        for cell in cells { steps.count(cell) }
        if !cells.isEmpty, !context.work.isSpent { steps.reportUnused() }
        expander.checkNames(of: cells)
        expander.checkGroups(of: cells)
        let selector = CellSelector(selection, axes: axes, context: context)
        let taken = selector.selected(from: points, isOnDemand: platforms.isOnDemand)
        var result = Cells(selection: selector.described, demanded: selector.demanded(among: points))
        for (cell, isTaken) in zip(cells, taken) {
            if !isTaken {
                result.notSelected.append(cell.point.name)
            } else if !context.work.isSpent, let plan = expander.plan(of: cell, steps: steps) {
                result.plans.append(plan)
            }
        }
        if !context.work.isSpent { steps.reportUnknownSteps() }
        if let choice = selection.shard { cut(&result, to: choice) }
        warnOfNothing(result.plans)
        return result
    }

    /// Keeps one shard of the selected cells. The cells of the others are recorded, so that a merged result accounts for all.
    private func cut(_ cells: inout Cells, to choice: ShardChoice) {
        let all = cells.plans
        let parts = all.indices.map { ShardChoice.part(of: $0, count: choice.count) }
        cells.plans = zip(all, parts).filter { $0.1 == choice.index }.map(\.0)
        cells.notSelected += zip(all, parts).filter { $0.1 != choice.index }.map(\.0.name)
        cells.selection.append("--shard \(choice.index)/\(choice.count)")
        cells.shard = Shard(
            index: choice.index, count: choice.count,
            cells: zip(all, parts).map { plan, part in
                Shard.Cell(name: plan.name, point: plan.point, platform: plan.platform, experimental: plan.experimental, shard: part)
            })
        if cells.plans.isEmpty, !context.problems.hasErrors {
            let count = "\(all.count) cell\(all.count == 1 ? " is" : "s are") selected"
            context.problems.error(
                at: nil, "shard \(choice.index)/\(choice.count) has no cell: \(count)", hint: "use at most \(all.count) shards")
        }
    }

    /// Reads every step list once, even if no cell has it.
    private func readSteps() {
        for document in [parts.ofCells, parts.settings] + parts.overrides + parts.includes {
            for list in StepKeys.List.allCases { _ = reader.templates(of: document[list.rawValue], in: list) }
        }
    }

    private func checkValues(_ platforms: PlatformReader) {
        let names = systems.keys.sorted()
        forEachValue(of: "os") { value, location in
            guard systems[value] == nil, !context.problems.isFull, !parts.isDescribedSystem(value) else { return }
            let hint = Hint.meant(value, among: names, otherwise: "describe it under `os:`; there are")
            context.problems.error(at: location, "there is no system `\(value)`", hint: hint)
        }
        forEachValue(of: "platform") { platforms.checkExistence(of: $0, at: $1) }
        parts.checkLimits(among: axes, problems: context.problems)
    }

    private func forEachValue(of axis: String, _ body: (String, SourceLocation) -> Void) {
        guard let index = axes.index(of: axis) else { return }
        let listed = axes.valueLocations[index]
        // Values that only included cells have stand where the first of these cells is.
        let included = Dictionary(points.lazy.filter { $0.include != nil }.map { ($0.values[index], $0.location) }) { first, _ in first }
        for (number, value) in axes.values[index].enumerated() {
            if let location = listed.indices.contains(number) ? listed[number] : included[number] { body(value, location) }
        }
    }

    private func warnOfNothing(_ plans: [CellPlan]) {
        let unverified = plans.filter { plan in !plan.verify.contains { $0.skipped == nil } }
        guard let first = unverified.first, !context.problems.hasErrors else { return }
        let others = unverified.count > 1 ? " and \(unverified.count - 1) other \(unverified.count == 2 ? "cell" : "cells")" : ""
        context.problems.warning(
            at: parts.verifyLocation,
            "nothing is verified in \(first.name)\(others): these cells only show that the deploy ends without an error",
            hint: "add checks under `verify:`")
    }
}
