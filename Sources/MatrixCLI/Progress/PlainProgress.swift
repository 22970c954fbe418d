import MatrixCore

/// Progress as one line an event, for logs and pipes.
struct PlainProgress: EventSink {
    /// Also shows every line of output.
    let isVerbose: Bool
    let started = Timestamp.now

    func emit(_ event: Event) {
        guard let text = line(for: event) else { return }
        let seconds = event.time.seconds(since: started)
        let cell = event.cell.map { "\($0)  " } ?? ""
        Terminal.error("\(Self.clock(seconds))  \(cell)\(text)")
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
