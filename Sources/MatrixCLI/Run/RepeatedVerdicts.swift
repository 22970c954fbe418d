import MatrixCore
import MatrixReports

/// The verdicts of a matrix that ran several times: for each cell, and for each case whose verdict changed.
struct RepeatedVerdicts: Sendable {
    /// How many rounds of one cell or case ended how.
    struct Counts: Sendable, Hashable, Codable {
        /// By the outcome's name.
        private(set) var outcomes: [String: Int] = [:]
        /// Passed only on a retry.
        private(set) var onRetry = 0

        mutating func add(_ outcome: Outcome, onRetry isRetried: Bool = false) {
            outcomes[outcome.rawValue, default: 0] += 1
            if isRetried { onRetry += 1 }
        }

        subscript(outcome: Outcome) -> Int { outcomes[outcome.rawValue] ?? 0 }

        var rounds: Int { outcomes.values.reduce(0, +) }

        /// Whether it passed at times, and at times did not; or passed only on a retry.
        var isFlaky: Bool { self[.passed] > 0 && self[.failed] + self[.error] > 0 || onRetry > 0 }

        /// The worst of the outcomes.
        var worst: Outcome { [Outcome.error, .failed, .interrupted, .passed].first { self[$0] > 0 } ?? .skipped }

        /// `4 passed, 1 failed`.
        var words: String {
            let counts = Outcome.allCases.filter { self[$0] > 0 }.map { "\(self[$0]) \($0.words(self[$0]))" }
            return (counts + (onRetry > 0 ? ["\(onRetry) on a retry"] : [])).joined(separator: ", ")
        }
    }

    /// A case of a cell, the same in every round.
    struct Place: Hashable, Sendable {
        let cell: String
        let phase: Phase
        let step: String
        let name: String

        var title: String { step == phase.rawValue || step == name ? name : "\(step): \(name)" }
    }

    /// A case that did not pass.
    struct Miss: Sendable, Hashable {
        let run: RunID
        let message: String
    }

    /// In plan order.
    private(set) var cells: [String] = []
    private(set) var byCell: [String: Counts] = [:]
    private var cases: [Place] = []
    private var byCase: [Place: Counts] = [:]
    /// The first time that a case did not pass.
    private var misses: [Place: Miss] = [:]
    private(set) var runs: [RunID] = []

    /// Counts a round.
    mutating func add(_ result: RunResult) {
        runs.append(result.run)
        for cell in result.cells {
            if byCell[cell.name] == nil { cells.append(cell.name) }
            byCell[cell.name, default: Counts()].add(cell.outcome)
            // A case that was not reached says nothing about itself.
            for test in cell.cases where test.outcome != .skipped && test.outcome != .interrupted {
                let place = Place(cell: cell.name, phase: test.phase, step: test.step, name: test.name)
                if byCase[place] == nil { cases.append(place) }
                byCase[place, default: Counts()].add(test.outcome, onRetry: test.outcome == .passed && !test.attempts.isEmpty)
                let message = test.outcome == .passed ? test.attempts.last?.message : test.message
                if test.outcome != .passed || !test.attempts.isEmpty, misses[place] == nil {
                    misses[place] = Miss(run: result.run, message: (message ?? "").onOneLine)
                }
            }
        }
    }

    /// The cases whose verdict changed, in the order in which they ran.
    var flaky: [(place: Place, counts: Counts, miss: Miss?)] {
        cases.compactMap { place in byCase[place].flatMap { $0.isFlaky ? (place, $0, misses[place]) : nil } }
    }

    /// The cells that have passed every round.
    var passing: [String] { cells.filter { byCell[$0]?.worst.isProblem == false } }

    /// The table of the cells, and the cases whose verdict changed.
    var text: String {
        let rows = cells.map { name -> [String] in
            let counts = byCell[name] ?? Counts()
            return [name, verdict(of: name), "\(counts.rounds)", counts.words]
        }
        let table = Table(headings: ["CELL", "VERDICT", "ROUNDS", "OUTCOMES"], rows: rows).text
        let flaky = flaky
        guard !flaky.isEmpty else { return table }
        let lines = flaky.map { place, counts, miss in
            let first = miss.map { "; first in run \($0.run)\($0.message.isEmpty ? "" : ": \($0.message.cut(to: 200))")" } ?? ""
            return "    \(place.cell): \(place.title): \(counts.words)\(first)"
        }
        let count = flaky.count == 1 ? "1 flaky verdict" : "\(flaky.count) flaky verdicts"
        return "\(table)\n\n\(count):\n\(lines.joined(separator: "\n"))"
    }

    private func verdict(of cell: String) -> String {
        let counts = byCell[cell] ?? Counts()
        if counts.isFlaky || flaky.contains(where: { $0.place.cell == cell }) { return "\(Verdict.Tone.attention.glyph) flaky" }
        return Mark.text(counts.worst, coloured: false)
    }

    /// For programs.
    var document: Document {
        Document(
            runs: runs.map(\.value), cells: cells.map { Document.Cell(cell: $0, counts: byCell[$0] ?? Counts()) },
            flaky: flaky.map { place, counts, miss in
                Document.Case(
                    cell: place.cell, phase: place.phase.rawValue, step: place.step, name: place.name, counts: counts,
                    firstRun: miss?.run.value, message: miss?.message)
            })
    }

    /// What `--format json` prints at the end.
    struct Document: Encodable {
        struct Cell: Encodable {
            var cell: String
            var counts: Counts
        }

        struct Case: Encodable {
            var cell: String
            var phase: String
            var step: String
            var name: String
            var counts: Counts
            /// The first run in which it did not pass at once.
            var firstRun: String?
            var message: String?
        }

        var runs: [String]
        var cells: [Cell]
        var flaky: [Case]
    }
}
