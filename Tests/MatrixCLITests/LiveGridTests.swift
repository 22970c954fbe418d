import MatrixCore
import Testing

@testable import MatrixCLI

/// The live grid on a screen that interprets its escape codes.
@Suite struct LiveGridTests {
    private static let names = [
        "ubuntu2404-proxmox-lab-influxdb3-telegraf", "almalinux9-proxmox-lab-influxdb3-telegraf", "東京-podman", "rocky10-podman",
    ]

    /// A grid with a run in progress.
    private func begin(on screen: VirtualScreen, names: [String] = names) -> LiveGrid {
        screen.write("$ matrix run m.yml\n")
        let grid = LiveGrid(isVerbose: false, coloured: true, device: screen.device)
        grid.emit(Event(time: Timestamp(seconds: 0), .runStarted(matrix: "m", cells: names, notSelected: 0)))
        for (number, name) in names.enumerated().dropLast() {
            grid.emit(Event(time: Timestamp(seconds: 1), cell: name, .cellStarted))
            grid.emit(Event(time: Timestamp(seconds: 1), cell: name, .phaseStarted(.deploy, attempt: 1)))
            let text = ["🚀 builds 東京\twith a tab", String(repeating: "x", count: 300), "two\nlines"][number % 3]
            grid.emit(Event(time: Timestamp(seconds: 2), cell: name, .output(.deploy, step: "s", host: nil, line: text)))
        }
        grid.draw()
        return grid
    }

    private func fail(_ grid: LiveGrid, _ cell: String, at second: Double) {
        let result = CaseResult(
            phase: .verify, step: "verify", name: "port 80", outcome: .failed, started: Timestamp(seconds: second), seconds: 0,
            message: "nothing listens")
        grid.emit(Event(time: Timestamp(seconds: second), cell: cell, .caseFinished(result)))
    }

    @Test(arguments: Array(20...160)) func noRedrawWrapsOrScrolls(columns: Int) {
        let screen = VirtualScreen(columns: columns, rows: 12)
        let grid = begin(on: screen)
        let (wrapped, scrolled, before) = (screen.wrapped, screen.scrolled, screen.visible)
        // A time gets wider at 10 s.
        for second in [3, 9, 10, 11, 59] {
            screen.setClock(Double(second))
            grid.draw()
        }
        #expect(screen.wrapped == wrapped && screen.scrolled == scrolled && screen.overflown == 0)
        #expect(screen.visible.count == before.count)
        #expect(screen.visible.last?.contains("running") == true, "\(screen.visible)")
    }

    @Test(arguments: Array(1...12)) func theGridIsNeverHigherThanTheScreen(rows: Int) {
        let screen = VirtualScreen(columns: 80, rows: rows)
        let grid = begin(on: screen, names: (1...20).map { "cell-\($0)" })
        let scrolled = screen.scrolled
        for _ in 0..<5 { grid.draw() }
        #expect(screen.scrolled == scrolled)
        #expect(rows < 2 || screen.visible.last?.contains("running") == true, "\(screen.visible)")
    }

    @Test("After a resize nothing of the old frame is left", arguments: [true, false], [[80, 60, 120], [30, 20, 100], [119, 121, 20]])
    func resizes(reflows: Bool, widths: [Int]) {
        let screen = VirtualScreen(columns: 120, rows: 24)
        let grid = begin(on: screen)
        fail(grid, "rocky10-podman", at: 5)
        for columns in widths {
            screen.resize(columns: columns, rows: 24, reflows: reflows)
            grid.draw()
            expectOneFrame(on: screen, columns: columns)
        }
        for rows in [8, 5, 30] {
            screen.resize(columns: 60, rows: rows, reflows: reflows)
            grid.draw()
            expectOneFrame(on: screen, columns: 60)
        }
    }

    /// One line of the run, at the end, and each cell at most once.
    private func expectOneFrame(on screen: VirtualScreen, columns: Int) {
        let visible = screen.visible
        #expect(visible.count { $0.contains("running") } == 1 && visible.last?.contains("running") == true, "\(columns): \(visible)")
        for start in ["ubun", "alma", "東"] {
            #expect(visible.count { $0.hasPrefix(start) } <= 1, "\(columns): \(visible)")
        }
        #expect(visible.allSatisfy { $0.columns <= columns } && screen.overflown == 0)
    }

    @Test func messagesStayAfterAResize() {
        let screen = VirtualScreen(columns: 120, rows: 24)
        let grid = begin(on: screen)
        fail(grid, "rocky10-podman", at: 5)
        screen.resize(columns: 60, rows: 24, reflows: true)
        grid.draw()
        #expect(screen.visible.count { $0.hasPrefix("00:05  rocky10-podman  ✗") } == 1, "\(screen.visible)")
        grid.finish()
        #expect(!screen.visible.contains { $0.contains("running") })
        #expect(screen.visible.contains { $0.hasPrefix("00:05  rocky10-podman  ✗") })
    }

    @Test("An echoed ^C leaves no debris", arguments: [20, 60, 120])
    func interrupted(columns: Int) {
        let screen = VirtualScreen(columns: columns, rows: 24)
        let grid = begin(on: screen)
        screen.write("^C")
        grid.emit(Event(time: Timestamp(seconds: 13), .stopping(because: "SIGINT")))
        let visible = screen.visible
        #expect(!visible.contains { $0.contains("^C") }, "\(visible)")
        #expect(visible.count { $0.hasPrefix("00:13  stop") } == 1, "\(visible)")
        #expect(visible.last?.contains("stopping") == true, "\(visible)")
        if columns > 20 { expectOneFrame(on: screen, columns: columns) }
        grid.finish()
        #expect(!screen.visible.contains { $0.contains("running") })
    }

    @Test func aFrameIsOneWriteThatTheTerminalShowsAtOnce() {
        let screen = VirtualScreen(columns: 80, rows: 24)
        let grid = begin(on: screen)
        let before = screen.written.count
        grid.draw()
        let frame = String(screen.written.dropFirst(before))
        #expect(frame.hasPrefix("\u{1b}[?2026h\r\u{1b}[") && frame.hasSuffix("\u{1b}[?7h\u{1b}[?2026l"), "\(frame.debugDescription)")
    }

    @Test func whatBreaksIsRedAboveTheGridAndTheLegendIsSaidOnce() {
        let screen = VirtualScreen(columns: 120, rows: 24)
        let grid = begin(on: screen)
        fail(grid, "rocky10-podman", at: 5)
        grid.draw()
        #expect(screen.written.contains("\u{1b}[31m00:05  rocky10-podman  ✗ verify: port 80: nothing listens\u{1b}[0m"))
        #expect(screen.visible.count { $0 == GridFrame.legend } == 1)
    }

    @Test func messagesOfOtherPartsGoAboveTheGridAndAreKeptAfterIt() {
        let screen = VirtualScreen(columns: 80, rows: 24)
        let grid = begin(on: screen)
        grid.show("abandoned: these may be left behind\n    container c-1")
        grid.draw()
        #expect(screen.visible.contains("    container c-1"))
        expectOneFrame(on: screen, columns: 80)
        grid.finish()
        grid.show("the last words")
        #expect(screen.visible.last == "the last words" && screen.visible.contains("abandoned: these may be left behind"))
    }
}
