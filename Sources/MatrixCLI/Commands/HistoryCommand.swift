import ArgumentParser
import MatrixCore
import MatrixLedger

/// `matrix history`.
struct HistoryCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "history", abstract: "Show verdicts over time, flaky ones first, and what runs cost.",
        discussion: """
            Lists the cells, then the cases that did not always pass at once; with --check, the cases whose step or name contains a \
            text. If a platform has prices, it also shows what each run cost, with sums by month and platform. Runs are forgotten after \
            180 days.
            """
    ).showing([
        "the newest 20 runs": "matrix history",
        "one check on some cells": "matrix history --cell 'debian*' --check nginx",
    ])

    @Option(help: ArgumentHelp("Only cells whose name matches.", valueName: "glob"), completion: Complete.cells)
    var cell: String = "*"

    @Option(help: ArgumentHelp("Only cases whose step or name contains this text, also those that always passed.", valueName: "text"))
    var check: String?

    @Option(help: ArgumentHelp("The newest runs of each matrix.", valueName: "n"))
    var runs: Int = 20

    @OptionGroup var state: StateOptions

    @Option(help: "table or json.")
    var format: OutputFormat = .table

    func validate() throws {
        if runs < 1 { throw ValidationError("--runs needs a number from 1") }
    }

    func run() async throws {
        let ledger = try StateFolder(state.folder()).history
        let cells = check == nil ? try await ledger.verdictsOfCells(matching: cell, runs: runs) : []
        let cases = try await ledger.verdictsOfCases(matching: cell, text: check, runs: runs)
        let costs = check == nil ? try await ledger.costs(matching: cell, runs: runs) : CostHistory()
        let all = HistoryDocument(cells: cells, cases: cases, costs: costs)
        Terminal.output(format == .json ? try Terminal.json(all) : text(cells, cases, costs))
    }

    private func text(_ cells: [VerdictHistory], _ cases: [VerdictHistory], _ costs: CostHistory) -> String {
        if cells.isEmpty, cases.isEmpty {
            let what = [check.map { "no case with '\($0)'" }, cell == "*" ? nil : "no cell that matches \(cell)"].compactMap(\.self).joined(
                separator: ", ")
            return what.isEmpty ? "no run is on record" : "\(what) is on record"
        }
        let table = HistoryTable(isOfOneMatrix: Set((cells + cases).map(\.matrix)).count == 1)
        let parts = [table.cells(cells), table.cases(cases)].filter { !$0.isEmpty }
        return (parts + [HistoryTable.legend] + [CostTable(costs: costs).text].filter { !$0.isEmpty }).joined(separator: "\n\n")
    }
}

/// The history as JSON.
struct HistoryDocument: Encodable {
    var cells: [VerdictHistory]
    var cases: [VerdictHistory]
    var costs: CostHistory
}
