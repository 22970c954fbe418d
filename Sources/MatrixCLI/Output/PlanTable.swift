import MatrixCore
import MatrixEngine

/// What would run as a table, with a line that sums it up.
struct PlanTable {
    let plan: Plan
    let estimate: CostEstimate
    /// Whether no platform was asked.
    let isOffline: Bool
    let coloured: Bool

    private var isCharged: Bool { !estimate.prices.isEmpty }

    func text(_ findings: PlanPreview.Findings) -> String {
        let cells = findings.cells
        let headings = ["CELL", "HOSTS", "STEPS", "EXPECTED"] + (isCharged ? ["COST"] : []) + ["STATE"]
        let parts = [
            painted(Table(headings: headings, rows: cells.map(row)).text, cells), sum(cells), cost(cells),
            plan.notSelected.isEmpty ? "" : "\(plan.notSelected.count) not selected: \(plan.notSelected.joined(separator: ", "))",
        ]
        return parts.filter { !$0.isEmpty }.joined(separator: "\n") + origins(findings.origins)
    }

    /// Status 3 if no cell can run; if `isStrict`, if any cannot that would change the status of a run. Nil if a run can begin.
    static func status(of cells: [PlanPreview.Cell], isStrict: Bool) -> ExitStatus? {
        let refused = cells.filter { $0.refusal != nil }
        if !cells.isEmpty, refused.count == cells.count { return .infrastructure }
        return isStrict && refused.contains { !$0.isSkipped && !$0.plan.experimental } ? .infrastructure : nil
    }

    private func row(_ preview: PlanPreview.Cell) -> [String] {
        let hosts = preview.plan.hosts.map { $0.label(in: preview.plan.hosts) }.joined(separator: ", ")
        return [
            preview.plan.name + (preview.plan.experimental ? " (experimental)" : ""), hosts, steps(preview.plan),
            preview.expected.map { Duration.bounded(seconds: $0).brief } ?? "unknown",
        ] + (isCharged ? [preview.price?.text ?? "unknown"] : []) + [isOffline ? "not asked" : preview.state]
    }

    private func steps(_ cell: CellPlan) -> String {
        let asked = cell.verify.filter { $0.skipped == nil }
        let deploy = cell.deploy.filter { $0.skipped == nil }.map { step in
            let between = asked.count { $0.after == step.name }
            return between == 0 ? step.name : "\(step.name) (then \(Self.count(between, "check")))"
        }.joined(separator: ", ")
        let checks = asked.count { $0.after == nil }
        return "\(deploy.isEmpty ? "no deploy" : deploy); \(checks) check\(checks == 1 ? "" : "s")"
    }

    /// The lines of cells that can run are green, the others red, or yellow if they are skipped.
    private func painted(_ table: String, _ cells: [PlanPreview.Cell]) -> String {
        guard coloured, !isOffline else { return table }
        let lines = table.split(separator: "\n").map(String.init)
        return
            ([lines.first ?? ""]
            + zip(lines.dropFirst(), cells).map { line, cell -> String in
                let outcome: Outcome = cell.refusal == nil ? .passed : cell.isSkipped ? .interrupted : .failed
                let state = cell.state
                guard line.hasSuffix(state) else { return line }
                return "\(line.dropLast(state.count))\(Mark.paint(state, Mark.colour(outcome), coloured: true))"
            }).joined(separator: "\n")
    }

    /// `3 of 5 cells can run, 1 is skipped, 1 cannot run; 24 checks on 7 hosts; expected at most 12m if all run at once`.
    private func sum(_ cells: [PlanPreview.Cell]) -> String {
        let checks = cells.reduce(0) { sum, cell in sum + cell.plan.verify.count { $0.skipped == nil } }
        let hosts = cells.reduce(0) { $0 + $1.plan.hosts.count }
        var parts = [isOffline ? Self.count(cells.count, "cell") : abilities(cells)]
        parts.append("\(Self.count(checks, "check")) on \(Self.count(hosts, "host"))")
        let known = cells.filter { $0.refusal == nil }.compactMap(\.expected)
        if let longest = known.max() { parts.append("the longest cell takes about \(Duration.bounded(seconds: longest).brief)") }
        return parts.joined(separator: "; ")
    }

    private func abilities(_ cells: [PlanPreview.Cell]) -> String {
        let skipped = cells.count { $0.isSkipped }
        let refused = cells.count { $0.refusal != nil } - skipped
        let able = cells.count - skipped - refused
        let first = able == cells.count ? "\(Self.count(able, "cell")) can run" : "\(able) of \(Self.count(cells.count, "cell")) can run"
        let rest = [skipped > 0 ? "\(skipped) skipped" : nil, refused > 0 ? "\(refused) cannot" : nil]
        return ([first] + rest.compactMap(\.self)).joined(separator: ", ")
    }

    private static func count(_ number: Int, _ noun: String) -> String { "\(number) \(noun)\(number == 1 ? "" : "s")" }

    /// What all cells cost together; empty if nothing is charged.
    private func cost(_ cells: [PlanPreview.Cell]) -> String {
        guard isCharged else { return "" }
        let hourly = estimate.hourly.map { "\($0) an hour" }.joined(separator: " and ")
        let expected = Cost.sums(cells.compactMap(\.cost)).map(\.description).joined(separator: " and ")
        return "all cells together cost \(hourly); a run is expected to cost \(expected)"
            + (plan.budget.map { " (budget: \(Cost($0.hourly, $0.currency)) an hour)" } ?? "")
    }

    /// What hosts are made from, a line for each source; empty if no platform has a choice.
    private func origins(_ origins: [PlanPreview.Origin]) -> String {
        origins.map { "\n\($0.source.cells.joined(separator: ", ")): from \($0.source.source), \($0.source.reason)" }.joined()
    }
}

extension PlanPreview.Cell {
    /// `ready`, `ready; the image of debian12 is built first`, or why it cannot run.
    var state: String { refusal ?? (["ready", preparation].compactMap(\.self).joined(separator: "; ")) }

    /// Whether the file lets it be skipped here.
    var isSkipped: Bool { refusal?.hasPrefix("skipped: ") == true }
}
