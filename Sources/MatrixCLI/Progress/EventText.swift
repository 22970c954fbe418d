import MatrixCore

/// An event as one line; nil for events that only a verbose display shows.
enum EventText {
    static func line(for event: Event) -> String? {
        switch event.kind {
        case .runStarted(let matrix, let cells, let notSelected):
            let left = notSelected > 0 ? ", \(notSelected) not selected" : ""
            return "\(matrix): \(cells.count) cell\(cells.count == 1 ? "" : "s")\(left)"
        case .cellStarted: return "started"
        case .phaseStarted(let phase, let attempt): return attempt > 1 ? "\(phase.rawValue): try \(attempt)" : phase.rawValue
        case .phaseFinished(let result): return finished(result)
        case .stepStarted(let phase, let step): return "\(phase.rawValue): \(step)"
        case .taskStarted(_, let step, let task): return "\(step): \(task)"
        case .caseFinished(let result): return verdict(result)
        case .output: return nil
        case .waiting(let text): return text
        case .retrying(let phase, let attempt, let reason): return "\(phase.rawValue): try \(attempt) follows: \(reason)"
        case .warning(let text): return "warning: \(text)"
        case .cellFinished(let outcome, let message): return cell(outcome, message)
        case .stopping(let reason): return "stopping: \(reason); destroying what exists (a second signal abandons that)"
        case .resourceLeaked(let leak): return "LEFT BEHIND: \(leak.what): \(leak.reason); remove it: \(leak.command)"
        case .runFinished(let status, let reports): return "done, exit status \(status.rawValue); reports: \(reports)"
        }
    }

    private static func finished(_ result: PhaseResult) -> String {
        let time = Duration.seconds(result.finished.seconds(since: result.started)).brief
        return "\(result.phase.rawValue): \(result.outcome.rawValue) after \(time)" + (result.message.map { ": \($0)" } ?? "")
    }

    private static func verdict(_ result: CaseResult) -> String? {
        switch result.outcome {
        case .passed, .skipped: nil
        case .failed, .error, .interrupted:
            "\(Mark.glyph(result.outcome)) \(result.step == result.name ? "" : "\(result.step): ")\(result.name): \(result.message ?? "")"
        }
    }

    private static func cell(_ outcome: Outcome, _ message: String?) -> String {
        "\(Mark.glyph(outcome)) \(outcome.rawValue)" + (message.map { ": \($0)" } ?? "")
    }
}
