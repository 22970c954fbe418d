import MatrixCore
import Synchronization

/// Progress under GitHub Actions: a folded group for each finished cell, and an annotation for each problem.
///
/// Cells run at the same time and groups cannot nest, so a cell's lines are held until it ends. Only its start is shown at once.
/// The runner reads workflow commands from both streams, so they can go to standard error with the other progress.
final class GitHubProgress: EventSink {
    private let isVerbose: Bool
    private let held = Mutex<[String: [String]]>([:])

    init(isVerbose: Bool) {
        self.isVerbose = isVerbose
    }

    func emit(_ event: Event) {
        if let annotation = Self.annotation(event) { Terminal.error(annotation) }
        guard let cell = event.cell else {
            if let line = EventText.line(for: event) { Terminal.error(line) }
            return
        }
        hold(event, of: cell)
        if case .cellStarted = event.kind { Terminal.error("\(cell) started") }
        if case .cellFinished(let outcome, _) = event.kind { flush(cell, outcome) }
    }

    private func hold(_ event: Event, of cell: String) {
        var line = EventText.line(for: event)
        if case .output(_, let step, _, let text) = event.kind, isVerbose { line = "\(step): \(text)" }
        guard let line else { return }
        held.withLock { $0[cell, default: []].append("\(event.time)  \(line)") }
    }

    private func flush(_ cell: String, _ outcome: Outcome) {
        let lines = held.withLock { $0.removeValue(forKey: cell) ?? [] }
        let title = "::group::\(cell): \(Mark.glyph(outcome)) \(outcome.rawValue)"
        // A log line that looks like a workflow command must not act as one.
        let body = lines.map { $0.hasPrefix("::") ? " \($0)" : $0 }
        Terminal.error(([title] + body + ["::endgroup::"]).joined(separator: "\n"))
    }

    /// The annotation of an event on the run's page: problems with their place, what may be left behind, warnings.
    static func annotation(_ event: Event) -> String? {
        switch event.kind {
        case .caseFinished(let result): event.cell.flatMap { annotation(result, cell: $0) }
        case .resourceLeaked(let leak):
            "::error title=\(escape("left behind on \(leak.resource.platform)", property: true))::"
                + escape("\(leak.what): \(leak.reason)\nremove it: \(leak.command)", property: false)
        case .warning(let text): "::warning title=\(escape(event.cell ?? "matrix", property: true))::\(escape(text, property: false))"
        default: nil
        }
    }

    /// `::error file=…,line=…,title=…::message`, escaped as the runner's documentation says.
    static func annotation(_ result: CaseResult, cell: String) -> String? {
        guard [.failed, .error].contains(result.outcome) else { return nil }
        var properties: [String] = []
        if let location = result.location {
            properties += ["file=\(escape(location.file, property: true))", "line=\(location.line)", "col=\(location.column)"]
        }
        properties.append("title=\(escape("\(cell): \(result.name)", property: true))")
        let message = [result.message, result.detail].compactMap(\.self).joined(separator: "\n")
        return "::error \(properties.joined(separator: ","))::\(escape(String(message.prefix(4000)), property: false))"
    }

    private static func escape(_ text: String, property: Bool) -> String {
        let basic = text.replacing("%", with: "%25").replacing("\r", with: "%0D").replacing("\n", with: "%0A")
        return property ? basic.replacing(":", with: "%3A").replacing(",", with: "%2C") : basic
    }
}
