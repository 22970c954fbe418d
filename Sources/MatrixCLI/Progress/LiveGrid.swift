import MatrixCore
import Synchronization
import SystemPackage

/// Progress on a terminal: one line for each cell, redrawn a few times a second, below the messages that stay.
final class LiveGrid: EventSink {
    private struct Row {
        var started: Timestamp?
        var phase: Phase?
        var phaseStarted: Timestamp?
        var done: [Phase: Outcome] = [:]
        var outcome: Outcome?
        var seconds = 0.0
        var text = ""
        var passed = 0
        var bad = 0
    }

    private struct State {
        var order: [String] = []
        var rows: [String: Row] = [:]
        /// Seconds that each cell is expected to take.
        var expected: [String: Double] = [:]
        /// Lines of the grid that are on the screen now.
        var drawn = 0
        var isFinished = false
    }

    private let state = Mutex(State())
    private let isVerbose: Bool
    private let coloured: Bool
    private let started = Timestamp.now

    init(isVerbose: Bool, coloured: Bool) {
        self.isVerbose = isVerbose
        self.coloured = coloured
    }

    /// Sets how many seconds each cell is expected to take.
    func expect(_ seconds: [String: Double]) { state.withLock { $0.expected = seconds } }

    /// Draws until the surrounding task is cancelled.
    func animate() async {
        while !Task.isCancelled {
            draw()
            try? await Task.sleep(for: .milliseconds(200))
        }
        finish()
    }

    func emit(_ event: Event) {
        if let line = lasting(event) { printAbove(line) }
        guard let cell = event.cell else {
            if case .runStarted(_, let cells, _) = event.kind { state.withLock { $0.order = cells } }
            return
        }
        state.withLock { Self.apply(event, to: &$0.rows[cell, default: Row()]) }
    }

    private static func apply(_ event: Event, to row: inout Row) {
        switch event.kind {
        case .cellStarted: row.started = event.time
        case .phaseStarted(let phase, _):
            row.phase = phase
            row.phaseStarted = event.time
            row.text = ""
        case .phaseFinished(let result): row.done[result.phase] = result.outcome
        case .stepStarted(_, let step): row.text = step
        case .output(_, _, _, let line): if !line.allSatisfy(\.isWhitespace) { row.text = line }
        case .waiting(let text): row.text = text
        case .retrying(_, _, let reason): row.text = reason
        case .caseFinished(let result):
            row.passed += result.outcome == .passed ? 1 : 0
            row.bad += [.failed, .error].contains(result.outcome) ? 1 : 0
        case .cellFinished(let outcome, let message):
            row.outcome = outcome
            row.seconds = row.started.map { event.time.seconds(since: $0) } ?? 0
            row.text = message ?? ""
        default: break
        }
    }

    /// What stays on the screen above the grid.
    private func lasting(_ event: Event) -> String? {
        switch event.kind {
        case .caseFinished(let result) where [.failed, .error].contains(result.outcome): break
        case .runStarted, .stopping, .resourceLeaked, .warning, .retrying: break
        case .output: if !isVerbose { return nil }
        default: return nil
        }
        var text = EventText.line(for: event)
        if case .output(_, let step, _, let line) = event.kind { text = "\(step): \(line)" }
        return text.map { "\(PlainProgress.clock(event.time.seconds(since: started)))  \(event.cell.map { "\($0)  " } ?? "")\($0)" }
    }

    private func printAbove(_ line: String) {
        state.withLock { state in
            guard !state.isFinished else { return Terminal.error(line) }
            Terminal.write(Self.erase(state.drawn) + line + "\n", to: .standardError)
            state.drawn = 0
        }
        draw()
    }

    private func draw() {
        let size = Terminal.size
        state.withLock { state in
            guard !state.isFinished, !state.order.isEmpty else { return }
            let lines = grid(state, rows: size.rows - 2, columns: size.columns)
            Terminal.write(Self.erase(state.drawn) + lines.map { $0 + "\n" }.joined(), to: .standardError)
            state.drawn = lines.count
        }
    }

    private func finish() {
        state.withLock { state in
            Terminal.write(Self.erase(state.drawn), to: .standardError)
            state.drawn = 0
            state.isFinished = true
        }
    }

    /// Moves up over `lines` lines and clears to the end of the screen.
    private static func erase(_ lines: Int) -> String {
        lines == 0 ? "" : "\u{1b}[\(lines)A\u{1b}[J"
    }

    /// Running cells first, if the screen is too short for all.
    private func grid(_ state: State, rows limit: Int, columns: Int) -> [String] {
        let width = state.order.map(\.count).max() ?? 0
        let running = state.order.filter { state.rows[$0]?.started != nil && state.rows[$0]?.outcome == nil }
        // A terminal may have no rows at all.
        let shown = state.order.count <= limit ? state.order : Array(running.prefix(max(0, limit - 1)))
        var lines = shown.map { name in
            line(name.padding(to: width), state.rows[name] ?? Row(), expected: state.expected[name], columns: columns)
        }
        if shown.count < state.order.count {
            let done = state.order.count { state.rows[$0]?.outcome != nil }
            lines.append("… \(done) of \(state.order.count) cells done")
        }
        return lines
    }

    private func line(_ name: String, _ row: Row, expected: Double?, columns: Int) -> String {
        let phases = Phase.allCases.map { phase in
            row.done[phase].map(Mark.glyph) ?? (row.phase == phase && row.outcome == nil ? "▸" : "·")
        }.joined()
        let now = Timestamp.now
        let seconds = row.outcome != nil ? row.seconds : row.started.map { now.seconds(since: $0) } ?? 0
        let time = Duration.bounded(seconds: seconds).brief + (expected.map { " of ~\(Duration.bounded(seconds: $0).brief)" } ?? "")
        let word = row.outcome?.rawValue ?? (row.started == nil ? "queued" : row.phase?.rawValue ?? "starting")
        let counts = row.bad > 0 ? "\(row.passed) ✓ \(row.bad) ✗" : "\(row.passed) ✓"
        let head = "\(name)  \(phases)  \(word.padding(to: 11)) \(time.padding(to: 14)) \(counts.padding(to: 9)) "
        let room = max(0, columns - head.count - 1)
        let text = head + PlainText.clean(row.text).prefix(room)
        return row.outcome.map { Mark.paint(text, Mark.colour($0), coloured: coloured) } ?? text
    }
}

extension String {
    /// This text, padded with spaces to `width` characters.
    func padding(to width: Int) -> String {
        self + String(repeating: " ", count: max(0, width - count))
    }
}
