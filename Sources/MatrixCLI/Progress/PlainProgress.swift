import MatrixCore
import Synchronization

/// Progress as one line for each event, for logs and pipes.
///
/// A cell prints what it waits for at most every five seconds, because the build of an image reports every package. The last reason
/// of those five seconds is printed at their end, or before the cell's next other line.
final class PlainProgress: EventSink {
    /// Does something after a delay; the caller does not wait.
    typealias Later = @Sendable (Duration, @escaping @Sendable () -> Void) -> Void

    /// What a cell has printed about its waits.
    private struct Wait {
        var said: Timestamp
        /// The newest reason that is not printed yet.
        var held: Event?
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
        if case .waiting = event.kind { return wait(event, of: cell) }
        guard line(for: event) != nil else { return }
        showHeld(of: cell, at: event.time)
        show(event)
    }

    private func show(_ event: Event) {
        guard let text = line(for: event) else { return }
        let cell = event.cell.map { "\($0)  " } ?? ""
        say("\(Self.clock(event.time.seconds(since: started)))  \(cell)\(text)")
    }

    /// Prints a reason to wait, or holds it if the cell has printed one in the last five seconds.
    private func wait(_ event: Event, of cell: String) {
        switch hold(event, of: cell) {
        case .due: show(event)
        case .replaced: break
        case .first(let rest):
            later(.seconds(rest)) { [weak self] in self?.showHeld(of: cell, at: event.time + .seconds(rest)) }
        }
    }

    /// What happens to a reason to wait.
    private enum Hold {
        case due
        /// It replaces a held reason and is printed at that reason's time.
        case replaced
        /// It is held for this many seconds.
        case first(Double)
    }

    private func hold(_ event: Event, of cell: String) -> Hold {
        waits.withLock { waits in
            guard let wait = waits[cell], event.time.seconds(since: wait.said) < Self.pause else {
                waits[cell] = Wait(said: event.time)
                return .due
            }
            waits[cell]?.held = event
            return wait.held == nil ? .first(Self.pause - event.time.seconds(since: wait.said)) : .replaced
        }
    }

    /// Prints the held reason.
    private func showHeld(of cell: String, at said: Timestamp) {
        let held = waits.withLock { waits -> Event? in
            guard let held = waits[cell]?.held else { return nil }
            waits[cell] = Wait(said: said)
            return held
        }
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
