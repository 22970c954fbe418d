import MatrixCore
import Synchronization

/// Progress under GitHub Actions: each event as a line at once, an annotation for each problem, and a folded group for each finished
/// cell with all of its lines.
///
/// Cells run at the same time and groups cannot nest, and GitHub folds a group also while it grows. So what happens now is printed
/// outside of any group; a group tells one cell's story without the others, once it is over.
/// The runner reads workflow commands from both streams, so they can go to standard error with the other progress.
final class GitHubProgress: EventSink {
    /// The lines of a cell for its group.
    private struct Held {
        var lines: [String] = []
        var leftOut = 0

        mutating func add(_ line: String) {
            if lines.count < GitHubProgress.mostLines { lines.append(line) } else { leftOut += 1 }
        }
    }

    /// The most lines of a group.
    static let mostLines = 5000

    private let isVerbose: Bool
    private let started: Timestamp
    private let say: @Sendable (String) -> Void
    private let live: PlainProgress
    private let held = Mutex<[String: Held]>([:])

    /// - Parameters:
    ///   - started: when its clock starts.
    ///   - say: takes each line.
    init(isVerbose: Bool, started: Timestamp = .now, say: @escaping @Sendable (String) -> Void = { Terminal.error($0) }) {
        self.isVerbose = isVerbose
        self.started = started
        self.say = say
        live = PlainProgress(isVerbose: false, started: started) { say(WorkflowCommand.harmless($0)) }
    }

    /// Prints what is due each second until the surrounding task is cancelled.
    func animate() async { await live.animate() }

    /// Prints what is due.
    func tick(at now: Timestamp) { live.tick(at: now) }

    func emit(_ event: Event) {
        if let annotation = Self.annotation(event) { say(annotation) }
        live.emit(event)
        guard let cell = event.cell else { return }
        hold(event, of: cell)
        if case .cellFinished(let outcome, _) = event.kind { flush(cell, outcome) }
    }

    private func hold(_ event: Event, of cell: String) {
        var line = EventText.line(for: event)
        if case .output(_, let step, _, let text) = event.kind, isVerbose { line = "\(step): \(text)" }
        guard let line else { return }
        let clock = PlainProgress.clock(event.time.seconds(since: started))
        held.withLock { held in
            held[cell, default: Held()].add("\(clock)  \(line)")
            guard case .caseFinished(let result) = event.kind, let detail = result.furtherDetail else { return }
            for line in detail.split(separator: "\n") { held[cell, default: Held()].add("           \(line)") }
        }
    }

    private func flush(_ cell: String, _ outcome: Outcome) {
        let group = held.withLock { $0.removeValue(forKey: cell) } ?? Held()
        let more = group.leftOut > 0 ? ["… \(group.leftOut) more lines: see the logs in the report"] : []
        let body = (group.lines + more).map(WorkflowCommand.harmless)
        let title = "::group::\(cell): \(Mark.glyph(outcome)) \(outcome.rawValue)"
        // At once: a line of another cell would become part of the group.
        say(([title] + body + ["::endgroup::"]).joined(separator: "\n"))
    }

    /// The annotation of an event on the run's page: problems with their place, what may be left behind, warnings.
    static func annotation(_ event: Event) -> String? {
        switch event.kind {
        case .caseFinished(let result): event.cell.flatMap { annotation(result, cell: $0) }
        case .resourceLeaked(let leak):
            "::error title=\(WorkflowCommand.escaped(property: "left behind on \(leak.resource.platform)"))::"
                + WorkflowCommand.escaped("\(leak.what): \(leak.reason)\nremove it: \(leak.command)")
        case .warning(let text):
            "::warning title=\(WorkflowCommand.escaped(property: event.cell ?? "matrix"))::\(WorkflowCommand.escaped(text))"
        default: nil
        }
    }

    /// `::error file=…,line=…,title=…::message`, escaped as the runner's documentation says.
    static func annotation(_ result: CaseResult, cell: String) -> String? {
        guard [.failed, .error].contains(result.outcome) else { return nil }
        var properties: [String] = []
        if let location = result.location {
            properties += ["file=\(WorkflowCommand.escaped(property: location.file))", "line=\(location.line)", "col=\(location.column)"]
        }
        properties.append("title=\(WorkflowCommand.escaped(property: "\(cell): \(result.name)"))")
        let message = [result.message, result.furtherDetail].compactMap(\.self).joined(separator: "\n")
        return "::error \(properties.joined(separator: ","))::\(WorkflowCommand.escaped(String(message.prefix(4000))))"
    }
}
