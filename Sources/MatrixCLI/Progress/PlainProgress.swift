import MatrixCore
import Synchronization

/// Progress as one line for each event, for logs and pipes.
///
/// A cell prints what it waits for at most every five seconds, because the build of an image reports every package. The last reason
/// of those five seconds is printed at their end, or before the cell's next other line. A cell that has printed nothing for half a
/// minute says what it does, and for how long; so does the run if no cell is at work. Each line has the time at which it is printed, so the
/// clock never goes back.
final class PlainProgress: EventSink {
    /// Why a host makes its cell wait.
    private struct Reason {
        var text: String
        var since: Timestamp
        var isSaid = false
    }

    /// What a cell does, and what it has printed about that.
    private struct Cell {
        var isRunning = false
        /// What it does now, in words, and since when.
        var work = ""
        var since: Timestamp?
        /// The newest line of output of that work.
        var output: String?
        /// When it last printed anything.
        var said: Timestamp?
        /// When it last printed a reason to wait.
        var waited: Timestamp?
        /// The newest reason that is not printed yet.
        var held: String?
        /// The newest reason of each host since the last other line.
        var reasons: [Substring: Reason] = [:]

        mutating func begin(_ work: String, at time: Timestamp) { (self.work, since, output) = (work, time, nil) }
    }

    private struct State {
        var cells: [String: Cell] = [:]
        /// What the run does beside its cells, and when it last printed anything.
        var run = Cell()
        /// The clock of the last line, in seconds.
        var clock = 0.0
    }

    /// The shortest time between two reasons to wait of a cell, in seconds.
    private static let pause = 5.0
    /// The longest silence of a cell that runs, in seconds.
    static let silence = 30.0

    /// Also shows every line of output.
    private let isVerbose: Bool
    private let say: @Sendable (String) -> Void
    private let started: Timestamp
    private let state = Mutex(State())

    /// - Parameters:
    ///   - started: when its clock starts.
    ///   - say: takes each line.
    init(isVerbose: Bool, started: Timestamp = .now, say: @escaping @Sendable (String) -> Void = { Terminal.error($0) }) {
        self.isVerbose = isVerbose
        self.started = started
        self.say = say
    }

    /// Prints what is due each second until the surrounding task is cancelled.
    func animate() async {
        while !Task.isCancelled {
            tick(at: .now)
            try? await Task.sleep(for: .seconds(1))
        }
    }

    func emit(_ event: Event) {
        // Lines are printed under the lock, so that they come in the order of their clocks.
        state.withLock { state in
            guard let cell = event.cell else { return tellRun(event, &state) }
            if !isVerbose, case .waiting(let reason) = event.kind { return wait(reason, of: cell, at: event.time, &state) }
            note(event, of: cell, &state)
            guard let text = line(for: event) else { return }
            if state.cells[cell]?.held != nil { printHeld(of: cell, at: event.time, &state) }
            state.cells[cell]?.reasons = [:]
            print(text, of: cell, at: event.time, &state)
        }
    }

    /// Prints the reasons whose time has come, and what the cells do that have been silent.
    func tick(at now: Timestamp) {
        state.withLock { state in
            for (name, cell) in state.cells.sorted(by: { $0.key < $1.key }) {
                if cell.held != nil, cell.waited.map({ now.seconds(since: $0) >= Self.pause }) ?? true {
                    printHeld(of: name, at: now, &state)
                } else if cell.isRunning, let said = cell.said, now.seconds(since: said) >= Self.silence {
                    print(Self.heartbeat(of: cell, at: now), of: name, at: now, &state)
                }
            }
            guard state.run.isRunning, !state.cells.values.contains(where: \.isRunning), let said = state.run.said,
                now.seconds(since: said) >= Self.silence
            else { return }
            print(Self.heartbeat(of: state.run, at: now), at: now, &state)
        }
    }

    /// What the run does is only a line if it takes long.
    private func tellRun(_ event: Event, _ state: inout State) {
        switch event.kind {
        case .waiting(let work):
            (state.run.isRunning, state.run.said) = (true, state.run.said ?? event.time)
            state.run.begin(work, at: event.time)
            if !isVerbose { return }
        case .runFinished: state.run.isRunning = false
        default: break
        }
        if let text = line(for: event) { print(text, at: event.time, &state) }
    }

    /// Remembers what the cell does.
    private func note(_ event: Event, of name: String, _ state: inout State) {
        var cell = state.cells[name] ?? Cell()
        switch event.kind {
        case .cellStarted:
            cell.isRunning = true
            cell.begin("at work", at: event.time)
        case .cellFinished: cell.isRunning = false
        case .phaseStarted(let phase, _): cell.begin(phase.rawValue, at: event.time)
        case .stepStarted, .taskStarted, .waiting: cell.begin(EventText.line(for: event) ?? "", at: event.time)
        case .output(_, _, _, let line): if !line.allSatisfy(\.isWhitespace) { cell.output = line }
        case .caseFinished, .phaseFinished, .retrying: cell.output = nil
        default: break
        }
        state.cells[name] = cell
    }

    /// Prints a reason to wait, or holds it if the cell has printed one in the last five seconds.
    private func wait(_ reason: String, of name: String, at time: Timestamp, _ state: inout State) {
        var cell = state.cells[name] ?? Cell()
        let current = cell.reasons[Self.host(reason)].flatMap { $0.text == reason ? $0 : nil } ?? Reason(text: reason, since: time)
        cell.reasons[Self.host(reason)] = current
        cell.begin(reason, at: current.since)
        if !current.isSaid { cell.held = reason }
        state.cells[name] = cell
        if !current.isSaid, cell.waited.map({ time.seconds(since: $0) >= Self.pause }) ?? true { printHeld(of: name, at: time, &state) }
    }

    private func printHeld(of name: String, at time: Timestamp, _ state: inout State) {
        guard let reason = state.cells[name]?.held else { return }
        state.cells[name]?.held = nil
        state.cells[name]?.waited = time
        state.cells[name]?.reasons[Self.host(reason)]?.isSaid = true
        print(reason, of: name, at: time, &state)
    }

    private func print(_ text: String, of cell: String? = nil, at time: Timestamp, _ state: inout State) {
        state.clock = max(state.clock, time.seconds(since: started))
        if let cell { state.cells[cell, default: Cell()].said = time }
        state.run.said = time
        say("\(Self.clock(state.clock))  \(cell.map { "\($0)  " } ?? "")\(text)")
    }

    /// `site: task 14: Install prometheus (1m32s so far)`
    private static func heartbeat(of cell: Cell, at now: Timestamp) -> String {
        let time = cell.since.map { " (\(Duration.bounded(seconds: now.seconds(since: $0)).brief) so far)" } ?? ""
        let output = cell.output.map { ": \($0.onOneLine.cut(to: 100))" } ?? ""
        return "\(cell.work)\(time)\(output)"
    }

    /// A reason begins with its host's name.
    private static func host(_ reason: String) -> Substring { reason.prefix { $0 != ":" } }

    private func line(for event: Event) -> String? {
        if case .output(_, let step, let host, let line) = event.kind {
            return isVerbose ? "\(step)\(host.map { " \($0)" } ?? ""): \(line)" : nil
        }
        return EventText.line(for: event)
    }

    /// `mm:ss` since the run began.
    static func clock(_ seconds: Double) -> String {
        let whole = max(0, Int(nearest: seconds.rounded(.down)))
        func two(_ number: Int) -> String { number < 10 ? "0\(number)" : "\(number)" }
        return "\(two(whole / 60)):\(two(whole % 60))"
    }
}
