import MatrixCore
import Testing

@testable import MatrixCLI

/// What the grid shows at each width and height.
@Suite struct GridFrameTests {
    private static let now = Timestamp(seconds: 192)

    private func progress(_ events: [(Double, Event.Kind)]) -> CellProgress {
        var progress = CellProgress()
        for (second, kind) in events { progress.apply(Event(time: Timestamp(seconds: second), cell: "c", kind)) }
        return progress
    }

    private func done(_ phase: Phase, _ outcome: Outcome = .passed) -> Event.Kind {
        .phaseFinished(PhaseResult(phase: phase, attempt: 1, started: Self.now, finished: Self.now, outcome: outcome))
    }

    private func verdict(_ outcome: Outcome) -> Event.Kind {
        .caseFinished(
            CaseResult(phase: .verify, step: "verify", name: "x", outcome: outcome, started: Self.now, seconds: 0, message: "no"))
    }

    private var deploying: CellProgress {
        progress([
            (41, .cellStarted), (41, .phaseStarted(.create, attempt: 1)), (60, done(.create)), (60, verdict(.passed)),
            (60, .phaseStarted(.provision, attempt: 1)), (90, done(.provision)), (90, verdict(.passed)),
            (90, .phaseStarted(.deploy, attempt: 1)), (91, .stepStarted(.deploy, step: "site")), (91, verdict(.passed)),
            (100, .taskStarted(.deploy, step: "site", task: "task 14: Install prometheus")),
            (101, .output(.deploy, step: "site", host: nil, line: "changed: [host]")),
        ])
    }

    private var failed: CellProgress {
        progress([(0, .cellStarted), (60, verdict(.failed)), (64, .cellFinished(.failed, message: nil))])
    }

    private func frame(_ rows: [GridFrame.Row], columns: Int, height: Int = 20) -> GridFrame {
        GridFrame(rows: rows, elapsed: 192, now: Self.now, columns: columns, height: height, coloured: false)
    }

    @Test func aRowHasAllColumnsIfThereIsRoom() {
        let rows = [
            GridFrame.Row(name: "debian12-podman", progress: deploying), GridFrame.Row(name: "rocky9-podman", progress: CellProgress()),
        ]
        #expect(
            frame(rows, columns: 79).lines == [
                "debian12-podman ✓✓▸··· deploy      2m31s  3 ✓       site: task 14: Install pro…",
                "rocky9-podman   ······ queued      0s     0 ✓", "03:12 · 1 running · 1 left",
            ])
    }

    @Test("A long name keeps its width at 80 columns; what the cell does stays, its counts go")
    func longNames() {
        let name = "ubuntu2404-proxmox-lab-influxdb3-telegraf"
        let lines = frame([GridFrame.Row(name: name, progress: deploying)], columns: 79).lines
        #expect(lines == ["\(name) ✓✓▸··· 2m31s  site: task 14: Install…", "03:12 · 1 running · 0 left"])
    }

    @Test("At 20 columns there is the name, cut inside, and the phases")
    func narrow() {
        let lines = frame([GridFrame.Row(name: "ubuntu2404-proxmox-lab", progress: deploying)], columns: 19).lines
        #expect(lines == ["ubuntu…x-lab ✓✓▸···", "1 running · 0 left"])
    }

    @Test func noLineIsTooWideAtAnyWidth() {
        let rows = ["東京-podman-東京", String(repeating: "n", count: 44), "a"].map {
            GridFrame.Row(name: $0, progress: deploying, expected: 400)
        }
        for columns in 0...200 {
            for line in frame(rows, columns: columns).lines { #expect(line.columns <= columns, "\(columns): \(line)") }
        }
    }

    @Test("Few rows: cells that run come first, then those with a problem, and the run's line stays")
    func fewRows() {
        let rows = (1...9).map { number in
            GridFrame.Row(name: "c\(number)", progress: number == 5 ? deploying : number == 9 ? failed : CellProgress())
        }
        for height in 0...12 { #expect(frame(rows, columns: 60, height: height).lines.count <= height) }
        let lines = frame(rows, columns: 60, height: 4).lines
        #expect(lines.map { $0.prefix(2) } == ["c5", "c9", "… ", "03"])
        #expect(lines[2] == "… 7 more cells" && lines[3] == "03:12 · 1 running · 1 ✗ · 7 left")
        #expect(frame(rows, columns: 60, height: 1).lines == ["03:12 · 1 running · 1 ✗ · 7 left"])
    }

    @Test func theRunsLineDropsWhatMattersLeast() {
        let line = RunLine(elapsed: 192, running: 12, left: 10, ended: [.passed: 26, .failed: 10], remaining: 350)
        #expect(line.text(columns: 80, coloured: false) == "03:12 · 12 running · 26 ✓ · 10 ✗ · 10 left · about 6m")
        #expect(line.text(columns: 45, coloured: false) == "12 running · 26 ✓ · 10 ✗ · 10 left · about 6m")
        #expect(line.text(columns: 40, coloured: false) == "12 running · 26 ✓ · 10 ✗ · 10 left")
        #expect(line.text(columns: 20, coloured: false) == "12 running · 10 ✗")
        #expect(line.text(columns: 3, coloured: false) == "10…")
        #expect(line.text(columns: 80, coloured: true).contains("\u{1b}[31m10 ✗"))
        for columns in 0...80 { #expect(line.text(columns: columns, coloured: false).columns <= columns) }
    }

    @Test func theRemainingTimeComesFromEarlierRuns() {
        #expect(RemainingTime.seconds(running: [], waiting: [60]) == nil)
        #expect(RemainingTime.seconds(running: [(10, nil)], waiting: [nil]) == nil)
        #expect(RemainingTime.seconds(running: [(60, 100)], waiting: [50, nil]) == 165)
        #expect(RemainingTime.seconds(running: [(60, 100), (0, 30)], waiting: [50, 60]) == 90)
        #expect(RemainingTime.seconds(running: [(500, 100)], waiting: []) == 0)
    }
}
