import MatrixCore
import Synchronization

/// Progress as one line an event, for logs and pipes.
final class PlainProgress: EventSink {
    /// How often a cell says what it waits for.
    private static let pause = 5.0

    /// Also shows every line of output.
    private let isVerbose: Bool
    private let started = Timestamp.now
    private let lastWait = Mutex<[String: Timestamp]>([:])

    init(isVerbose: Bool) {
        self.isVerbose = isVerbose
    }

    func emit(_ event: Event) {
        guard let text = line(for: event), isDue(event) else { return }
        let seconds = event.time.seconds(since: started)
        let cell = event.cell.map { "\($0)  " } ?? ""
        Terminal.error("\(Self.clock(seconds))  \(cell)\(text)")
    }

    /// Whether it is time for this line: an image's build tells a line a package.
    private func isDue(_ event: Event) -> Bool {
        guard case .waiting = event.kind, !isVerbose, let cell = event.cell else { return true }
        return lastWait.withLock { last in
            if let before = last[cell], event.time.seconds(since: before) < Self.pause { return false }
            last[cell] = event.time
            return true
        }
    }

    private func line(for event: Event) -> String? {
        if case .output(_, let step, let host, let line) = event.kind {
            return isVerbose ? "\(step)\(host.map { " \($0)" } ?? ""): \(line)" : nil
        }
        return EventText.line(for: event)
    }

    /// `mm:ss` since the run began.
    static func clock(_ seconds: Double) -> String {
        let whole = max(0, Int(seconds))
        func two(_ number: Int) -> String { number < 10 ? "0\(number)" : "\(number)" }
        return "\(two(whole / 60)):\(two(whole % 60))"
    }
}
