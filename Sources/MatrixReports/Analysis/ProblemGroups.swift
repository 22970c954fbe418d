internal import MatrixCore

/// Groups the problems of a run by their cause.
enum ProblemGroups {
    /// The groups: first those that change the exit status, then by number of cells, then by phase.
    static func all(of run: ReportedRun) -> [ProblemGroup] {
        let merged = merge(byCase(run))
        let passes = passingCells(run, names: Set(merged.flatMap { $0.keys.map(\.place) }))
        let groups = merged.map { draft in group(draft, of: run, passes: passes) } + run.problems.map { own($0, of: run) }
        return groups.enumerated().sorted { rank($0) < rank($1) }.map(\.element)
    }

    private struct Key: Hashable {
        var place: CasePlace
        var type: String
        var message: String
        var isExperimental: Bool
    }

    private struct Draft {
        var keys: [Key]
        var affected: [ProblemGroup.Affected]
    }

    private struct MergeKey: Hashable {
        var phase: Phase
        var outcome: Outcome
        var message: String
        var isExperimental: Bool
        var cells: [String]
    }

    private static func byCase(_ run: ReportedRun) -> [Draft] {
        var drafts: [Draft] = []
        var indices: [Key: Int] = [:]
        for cell in run.cells {
            let shape = ErrorShape(cell)
            for test in cell.faults {
                let key = Key(
                    place: CasePlace(test, in: cell), type: "\(test.outcome.rawValue) \(test.type ?? "")",
                    message: shape.message(JUnitVerdict.message(test)),
                    isExperimental: !run.counts(test, in: cell))
                let index = indices[key] ?? drafts.count
                if index == drafts.count { drafts.append(Draft(keys: [key], affected: [])) }
                indices[key] = index
                add(test, of: cell, to: &drafts[index].affected)
            }
        }
        return drafts
    }

    private static func add(_ test: CaseResult, of cell: CellResult, to affected: inout [ProblemGroup.Affected]) {
        if let last = affected.indices.last, affected[last].cell.name == cell.name {
            affected[last].cases.append(test)
        } else {
            affected.append(.init(cell: cell, cases: [test]))
        }
    }

    /// Different cases with the same message in the same cells are one problem.
    private static func merge(_ drafts: [Draft]) -> [Draft] {
        var merged: [Draft] = []
        var indices: [MergeKey: Int] = [:]
        for draft in drafts {
            let key = draft.keys[0]
            let same = MergeKey(
                phase: key.place.phase, outcome: draft.affected[0].cases[0].outcome, message: key.message,
                isExperimental: key.isExperimental,
                cells: draft.affected.map(\.cell.name))
            guard let index = indices[same] else {
                indices[same] = merged.count
                merged.append(draft)
                continue
            }
            merged[index].keys += draft.keys
            for position in draft.affected.indices { merged[index].affected[position].cases += draft.affected[position].cases }
        }
        return merged
    }

    private static func passingCells(_ run: ReportedRun, names: Set<CasePlace>) -> [CasePlace: [CellResult]] {
        var passes: [CasePlace: [CellResult]] = [:]
        guard !names.isEmpty else { return passes }
        for cell in run.cells {
            for test in cell.cases where test.outcome == .passed {
                let place = CasePlace(test, in: cell)
                if names.contains(place), passes[place]?.last?.name != cell.name { passes[place, default: []].append(cell) }
            }
        }
        return passes
    }

    private static func group(_ draft: Draft, of run: ReportedRun, passes: [CasePlace: [CellResult]]) -> ProblemGroup {
        let failing = draft.affected.map(\.cell)
        let failingNames = Set(failing.map(\.name))
        let passing = (passes[draft.keys[0].place] ?? []).filter { !failingNames.contains($0.name) }
        return ProblemGroup(
            names: draft.keys.map(\.place.name), affected: draft.affected, isExperimental: draft.keys[0].isExperimental,
            localisation: FailurePattern(failing: failing, passing: passing), selection: selection(of: failing, in: run))
    }

    /// A value of an axis that all these cells have, and no other cell of the run. A run of a part of the matrix has none: `--where` would
    /// choose cells that were left out.
    private static func selection(of chosen: [CellResult], in run: ReportedRun) -> [AxisValue]? {
        guard run.result.notSelected.isEmpty, run.result.shard == nil, let first = chosen.first else { return nil }
        if chosen.count == run.cells.count { return [] }
        let names = Set(chosen.map(\.name))
        let value = first.point.first { value in run.cells.allSatisfy { $0.point.contains(value) == names.contains($0.name) } }
        return value.map { [$0] }
    }

    /// `4 causes, 2 of them only on debian13`; nil if nothing broke.
    static func words(_ groups: [ProblemGroup]) -> String? {
        guard !groups.isEmpty else { return nil }
        let count = groups.count == 1 ? "1 cause" : "\(groups.count) causes"
        let places = groups.compactMap(\.localisation.short)
        let numbers = places.unique.map { place in (place: place, count: places.count { $0 == place }) }
        guard let most = numbers.max(by: { $0.count < $1.count }) else { return count }
        if groups.count == 1 { return "\(count), \(most.place)" }
        guard most.count > 1 else { return count }
        return most.count == groups.count ? "\(count), all of them \(most.place)" : "\(count), \(most.count) of them \(most.place)"
    }

    private static func own(_ test: CaseResult, of run: ReportedRun) -> ProblemGroup {
        let result = run.result
        let cell = CellResult(
            name: "", point: [], platform: "", outcome: test.outcome, queued: result.started, started: result.started,
            finished: result.finished)
        return ProblemGroup(
            names: [test.name], affected: [.init(cell: cell, cases: [test])], isExperimental: false,
            localisation: FailurePattern(failing: [cell], passing: []), selection: nil)
    }

    private static func rank(_ item: (offset: Int, element: ProblemGroup)) -> (Int, Int, Int, Int) {
        let phase = Phase.allCases.firstIndex(of: item.element.example.phase) ?? 0
        return (item.element.isExperimental ? 1 : 0, -item.element.affected.count, phase, item.offset)
    }
}
