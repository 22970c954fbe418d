import MatrixCore
import MatrixEngine
import Testing

@testable import MatrixCLI

/// What `matrix plan` shows, and how it ends.
@Suite struct PlanTableTests {
    private func cell(_ name: String, refusal: String? = nil, experimental: Bool = false, expected: Double? = nil) -> PlanPreview.Cell {
        var plan = CellPlan(
            name: name, point: [AxisValue(axis: "os", value: "debian12"), AxisValue(axis: "platform", value: "podman")],
            os: OperatingSystem(name: "debian12", family: "debian", packageManager: .apt, release: .init(id: "debian", version: "12")),
            platform: "podman", hosts: [HostPlan(name: name)])
        plan.experimental = experimental
        var preview = PlanPreview.Cell(plan: plan)
        preview.refusal = refusal
        preview.expected = expected
        return preview
    }

    private func text(_ cells: [PlanPreview.Cell], isOffline: Bool = false, coloured: Bool = false) -> String {
        let plan = Plan(name: "m", file: "m.yml", project: "/p", axes: [], cells: cells.map(\.plan), notSelected: ["z"])
        return PlanTable(plan: plan, estimate: CostEstimate(), isOffline: isOffline, coloured: coloured).text(
            PlanPreview.Findings(cells: cells, warnings: [], origins: []))
    }

    @Test func aLineSumsUp() {
        let lines = text([
            cell("a", expected: 90), cell("b", refusal: "skipped: no image; load it"), cell("c", refusal: "podman was not found"),
        ]).split(separator: "\n")
        #expect(lines.count == 6)
        #expect(lines[4] == "1 of 3 cells can run, 1 skipped, 1 cannot; 0 checks on 3 hosts; the longest cell takes about 1m30s")
        #expect(lines[5] == "1 not selected: z")
        #expect(text([cell("a")]).contains("\n1 cell can run; 0 checks on 1 host\n"))
        #expect(text([cell("a"), cell("b")], isOffline: true).contains("\n2 cells; 0 checks on 2 hosts\n"))
    }

    @Test func theStateIsColoured() {
        let shown = text([cell("a"), cell("b", refusal: "no"), cell("c", refusal: "skipped: no")], coloured: true)
        #expect(shown.contains(Mark.paint("ready", Mark.colour(.passed), coloured: true)))
        #expect(shown.contains(Mark.paint("no", Mark.colour(.failed), coloured: true)))
        #expect(!text([cell("a")]).contains("\u{1b}"))
    }

    @Test func whatIsBuiltFirstIsSaid() {
        var waiting = cell("a")
        waiting.preparation = "the image of debian12 is built first"
        #expect(text([waiting, cell("b")]).contains("unknown   ready; the image of debian12 is built first\n"))
        #expect(text([waiting]).contains("1 cell can run"))
        let shown = text([waiting], coloured: true)
        #expect(shown.contains(Mark.paint("ready; the image of debian12 is built first", Mark.colour(.passed), coloured: true)))
    }

    @Test func onlyAMatrixOfWhichNothingCanRunIsRefused() {
        let (good, bad, skipped) = (cell("a"), cell("b", refusal: "no"), cell("c", refusal: "skipped: no"))
        #expect(PlanTable.status(of: [good, bad, skipped], isStrict: false) == nil)
        #expect(PlanTable.status(of: [bad, skipped], isStrict: false) == .infrastructure)
        #expect(PlanTable.status(of: [], isStrict: true) == nil)
    }

    @Test func checkRefusesWhatWouldChangeTheStatusOfARun() {
        #expect(PlanTable.status(of: [cell("a"), cell("b", refusal: "no")], isStrict: true) == .infrastructure)
        #expect(PlanTable.status(of: [cell("a"), cell("b", refusal: "skipped: no")], isStrict: true) == nil)
        #expect(PlanTable.status(of: [cell("a"), cell("b", refusal: "no", experimental: true)], isStrict: true) == nil)
    }
}
