import MatrixCore
import Synchronization

/// Progress as one line for each event, for logs and pipes.
///
/// A cell prints what it waits for at most every five seconds, because the build of an image reports every package. The last reason
/// of those five seconds is printed at their end, or before the cell's next other line. A reason that has not changed is printed
/// again after a minute.
final class PlainProgress: EventSink {
    /// Does something after a delay; the caller does not wait.
    typealias Later = @Sendable (Duration, @escaping @Sendable () -> Void) -> Void

    /// What a cell has printed about its waits.
    private struct Wait {
        var said: Timestamp?
        /// The newest reason that is not printed yet.
        var held: Event?
        /// The last printed reason of each host: its text, when it was printed first, and when last.
        var reasons: [Substring: (text: String, since: Timestamp, said: Timestamp)] = [:]

        /// A reason begins with its host's name.
        private static func host(_ text: String) -> Substring { text.prefix { $0 != ":" } }

        /// Whether the host's last printed reason is the same, and less than a minute old.
        func repeats(_ text: String, at time: Timestamp) -> Bool {
            reasons[Self.host(text)].map { $0.text == text && time.seconds(since: $0.said) < 60 } ?? false
        }

        /// Notes that a reason is printed; one that was printed before gets its duration.
        mutating func print(_ event: Event, at said: Timestamp) -> Event {
            (self.said, held) = (said, nil)
            guard case .waiting(let text) = event.kind else { return event }
            let last = reasons[Self.host(text)]
            let since = last?.text == text ? last?.since : nil
            reasons[Self.host(text)] = (text, since ?? event.time, event.time)
            guard let since else { return event }
            let duration = Duration.seconds(event.time.seconds(since: since)).brief
            return Event(time: event.time, cell: event.cell, .waiting("\(text) (for \(duration))"))
        }
    }

    /// The shortest time between two such lines of a cell, in seconds.
    private static let pause = 5.0

    /// Also shows every line of output.
    private let isVerbose: Bool
    private let say: @Sendable (String) -> Void
    private let later: Later
    private let started: Timestamp
    private let waits = Mutex<[String: Wait]>([:])

    /// - Parameters:
    ///   - started: when its clock starts.
    ///   - say: takes each line.
    init(
        isVerbose: Bool, started: Timestamp = .now, say: @escaping @Sendable (String) -> Void = { Terminal.error($0) },
        later: @escaping Later = PlainProgress.sleep
    ) {
        self.isVerbose = isVerbose
        self.started = started
        self.say = say
        self.later = later
    }

    func emit(_ event: Event) {
        guard !isVerbose, let cell = event.cell else { return show(event) }
        if case .waiting(let reason) = event.kind { return wait(event, reason, of: cell) }
        guard line(for: event) != nil else { return }
        showHeld(of: cell, at: event.time)
        waits.withLock { $0[cell]?.reasons = [:] }
        show(event)
    }

    private func show(_ event: Event) {
        guard let text = line(for: event) else { return }
        let cell = event.cell.map { "\($0)  " } ?? ""
        say("\(Self.clock(event.time.seconds(since: started)))  \(cell)\(text)")
    }

    /// Prints a reason to wait, or holds it if the cell has printed one in the last five seconds.
    private func wait(_ event: Event, _ reason: String, of cell: String) {
        let (due, rest) = waits.withLock { waits -> (Event?, Double?) in
            let wait = waits[cell, default: Wait()]
            if wait.repeats(reason, at: event.time) { return (nil, nil) }
            let rest = wait.said.map { Self.pause - event.time.seconds(since: $0) } ?? 0
            guard rest > 0 else { return (waits[cell, default: Wait()].print(event, at: event.time), nil) }
            waits[cell]?.held = event
            // A reason that replaces a held one is printed at that one's time.
            return (nil, wait.held == nil ? rest : nil)
        }
        if let due { show(due) }
        if let rest { later(.seconds(rest)) { [weak self] in self?.showHeld(of: cell, at: event.time + .seconds(rest)) } }
    }

    /// Prints the held reason.
    private func showHeld(of cell: String, at said: Timestamp) {
        let held = waits.withLock { waits in waits[cell]?.held.flatMap { waits[cell]?.print($0, at: said) } }
        if let held { show(held) }
    }

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

    private static let sleep: Later = { time, work in
        Task {
            try? await Task.sleep(for: time)
            work()
        }
    }
}
