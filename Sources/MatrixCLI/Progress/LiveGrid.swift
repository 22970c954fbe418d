import MatrixCore
import Synchronization
import SystemPackage
import UnixSignals

/// Progress on a terminal: one line for each cell, redrawn a few times a second, below the messages that stay.
final class LiveGrid: EventSink {
    /// The terminal and the clock.
    struct Device: Sendable {
        var size: @Sendable () -> (columns: Int, rows: Int) = { Terminal.size }
        var write: @Sendable (String) -> Void = { Terminal.write($0, to: .standardError) }
        var now: @Sendable () -> Timestamp = { .now }
    }

    private struct State {
        var order: [String] = []
        var cells: [String: CellProgress] = [:]
        /// Seconds that each cell is expected to take.
        var expected: [String: Double] = [:]
        /// The widths of the grid's lines that are on the screen now.
        var drawn: [Int] = []
        /// The newest messages above the grid, for a screen that must be drawn from its top.
        var recent: [String] = []
        var isStopping = false
        var isFinished = false
    }

    private let state = Mutex(State())
    private let isVerbose: Bool
    private let coloured: Bool
    private let device: Device
    private let started: Timestamp

    init(isVerbose: Bool, coloured: Bool, device: Device = Device()) {
        self.isVerbose = isVerbose
        self.coloured = coloured
        self.device = device
        started = device.now()
    }

    /// Sets how many seconds each cell is expected to take.
    func expect(_ seconds: [String: Double]) { state.withLock { $0.expected = seconds } }

    /// Draws until the surrounding task is cancelled: a few times a second, and at once if the terminal gets another size.
    func animate() async {
        Terminal.divert { [weak self] in self?.show($0) }
        let resizes = Task { [weak self] in
            for await _ in await UnixSignalsSequence(trapping: .sigwinch) { self?.draw() }
        }
        while !Task.isCancelled {
            draw()
            try? await Task.sleep(for: .milliseconds(200))
        }
        resizes.cancel()
        finish()
        Terminal.divert(nil)
    }

    func emit(_ event: Event) {
        state.withLock { state in
            switch event.kind {
            case .runStarted(_, let cells, _): state.order = cells
            case .stopping: state.isStopping = true
            default: break
            }
            if let cell = event.cell { state.cells[cell, default: CellProgress()].apply(event) }
        }
        if let line = lasting(event) { show(line) }
        if case .runStarted = event.kind { show(GridFrame.legend) }
    }

    /// What stays on the screen above the grid.
    private func lasting(_ event: Event) -> String? {
        var colour: Outcome?
        switch event.kind {
        case .caseFinished(let result) where [.failed, .error].contains(result.outcome): colour = result.outcome
        case .resourceLeaked: colour = .error
        case .stopping, .warning, .retrying: colour = .interrupted
        case .runStarted: break
        case .output: if !isVerbose { return nil }
        default: return nil
        }
        var text = EventText.line(for: event)
        if case .output(_, let step, _, let line) = event.kind { text = "\(step): \(line)" }
        guard let text = text.map(StateHint.shared.added) else { return nil }
        let line = "\(PlainProgress.clock(event.time.seconds(since: started)))  \(event.cell.map { "\($0)  " } ?? "")\(text)"
        return colour.map { Mark.paint(line, Mark.colour($0), coloured: coloured) } ?? line
    }

    /// Shows a message that stays.
    func show(_ text: String) {
        state.withLock { state in
            guard !state.isFinished else { return device.write(text + "\n") }
            let lines = text.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
            state.recent = (state.recent + lines).suffix(Self.mostRecent)
            draw(&state, below: lines)
        }
    }

    /// Draws the grid with what is known now.
    func draw() { state.withLock { draw(&$0) } }

    /// Takes the grid off the screen.
    func finish() {
        state.withLock { state in
            guard !state.isFinished else { return }
            let size = device.size()
            // Its place on a narrower screen is unknown; the messages are drawn again without it.
            let isLost = Self.isLost(state.drawn, on: size)
            device.write(isLost ? Self.top + Self.lines(Self.fitting(state.recent, size)) : Self.erase(state.drawn))
            (state.drawn, state.isFinished) = ([], true)
        }
    }

    private func draw(_ state: inout State, below messages: [String] = []) {
        guard !state.isFinished else { return }
        let size = device.size()
        let frame = frame(state, size)
        let text: String
        if Self.isLost(state.drawn, on: size) {
            text = Self.top + Self.lines(Self.fitting(state.recent, (size.columns, size.rows - frame.count)))
        } else {
            text = Self.erase(state.drawn) + Self.lines(messages)
        }
        // A terminal that disagrees on the width of a character must not wrap the line.
        let grid = frame.isEmpty ? "" : "\u{1b}[?7l" + Self.lines(frame) + "\u{1b}[?7h"
        guard !(text + grid).isEmpty else { return }
        device.write("\u{1b}[?2026h" + text + grid + "\u{1b}[?2026l")
        state.drawn = frame.map(Self.columns)
    }

    private func frame(_ state: State, _ size: (columns: Int, rows: Int)) -> [String] {
        let now = device.now()
        return GridFrame(
            rows: state.order.map { .init(name: $0, progress: state.cells[$0] ?? CellProgress(), expected: state.expected[$0]) },
            elapsed: now.seconds(since: started), now: now, isStopping: state.isStopping,
            // The last column stays free: some terminals wrap when it is written. The last row is the cursor's, some are for messages.
            columns: size.columns - 1, height: size.rows - 1 - min(5, size.rows / 4), coloured: coloured
        ).lines
    }
}

extension LiveGrid {
    private static let mostRecent = 300

    /// Whether the terminal may have moved the grid's lines: it breaks those that became too long, and scrolls those that do not fit.
    private static func isLost(_ drawn: [Int], on size: (columns: Int, rows: Int)) -> Bool {
        (drawn.max() ?? 0) > size.columns || drawn.count >= size.rows
    }

    /// Clears the screen from its top.
    private static let top = "\r\u{1b}[H\u{1b}[J"

    /// Moves up over the grid and clears to the end of the screen. A key that was pressed (`^C`) may have moved the cursor.
    private static func erase(_ drawn: [Int]) -> String {
        drawn.isEmpty ? "" : "\r\u{1b}[\(drawn.count)A\u{1b}[J"
    }

    private static func lines(_ lines: [String]) -> String { lines.map { $0 + "\n" }.joined() }

    /// The last lines that fit on a screen, with one row left for the cursor.
    private static func fitting(_ lines: [String], _ size: (columns: Int, rows: Int)) -> [String] {
        var room = size.rows - 1
        let fitting = lines.reversed().prefix { line in
            room -= max(1, (columns(line) + size.columns - 1) / max(1, size.columns))
            return room >= 0
        }
        return fitting.reversed()
    }

    /// The columns of a line without its colour codes.
    private static func columns(_ line: String) -> Int { PlainText.clean(line).columns }
}
