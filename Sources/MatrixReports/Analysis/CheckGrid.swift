internal import MatrixCore

/// Every check against every cell: shows which rows differ between cells.
struct CheckGrid {
    /// One check on any of its hosts.
    struct Row {
        let title: String
        /// The outcome in each cell; nil if the cell has no such check.
        let outcomes: [Outcome?]
        /// Whether the outcomes of the cells that ran it differ.
        let differs: Bool
        /// What was observed if it passed, each text once.
        let observed: [String]

        init(title: String, outcomes: [Outcome?], observed: [String]) {
            self.title = title
            self.outcomes = outcomes
            self.observed = observed
            // A skipped check does not count as a difference.
            differs = Set(outcomes.compactMap { $0 == .skipped ? nil : $0 }).count > 1
        }
    }

    let rows: [Row]

    init(_ cells: [CellResult]) {
        var order: [CasePlace] = []
        var outcomes: [CasePlace: [Outcome?]] = [:]
        var observed: [CasePlace: [String]] = [:]
        for (index, cell) in cells.enumerated() {
            for test in cell.cases where (test.phase == .verify || test.phase == .deploy) && !cell.repeats(test) {
                let place = CasePlace(test, in: cell)
                if outcomes[place] == nil {
                    order.append(place)
                    outcomes[place] = [Outcome?](repeating: nil, count: cells.count)
                }
                let before = outcomes[place]?[index]
                outcomes[place]?[index] = Self.worse(before ?? nil, test.outcome)
                if let text = test.observed, observed[place]?.contains(text) != true { observed[place, default: []].append(text) }
            }
        }
        let all = order.map { place in Row(title: place.title, outcomes: outcomes[place] ?? [], observed: observed[place] ?? []) }
        // A playbook's tasks are not checks: they are shown only if one of them differs between cells.
        rows = zip(order, all).filter { $0.phase == .verify || $1.differs }.map(\.1)
    }

    /// The worst outcome of a cell's hosts stands for the cell.
    private static func worse(_ first: Outcome?, _ second: Outcome) -> Outcome {
        let order: [Outcome] = [.skipped, .passed, .interrupted, .failed, .error]
        guard let first else { return second }
        return (order.firstIndex(of: first) ?? 0) >= (order.firstIndex(of: second) ?? 0) ? first : second
    }
}

/// A case by its phase, step and name, the same for every cell and host.
struct CasePlace: Hashable {
    let phase: Phase
    let step: String
    let name: String

    init(_ test: CaseResult, in cell: CellResult) {
        phase = test.phase
        step = test.step
        name = ErrorShape.name(test, in: cell)
    }

    var title: String { step == phase.rawValue || step == name ? name : "\(step): \(name)" }
}

extension CaseResult {
    /// What a check that passed observed; nil for every other case.
    var observed: String? {
        guard outcome == .passed, let text = properties["observed"], !text.isEmpty else { return nil }
        return text
    }
}
