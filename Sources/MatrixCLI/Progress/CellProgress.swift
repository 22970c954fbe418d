import MatrixCore

/// What a display knows of a cell while it runs.
struct CellProgress {
    private(set) var started: Timestamp?
    private(set) var phase: Phase?
    private(set) var done: [Phase: Outcome] = [:]
    private(set) var outcome: Outcome?
    /// How long it took; 0 until its end.
    private(set) var seconds = 0.0
    /// What it does now, in its newest words.
    private(set) var text = ""
    private(set) var passed = 0
    private(set) var bad = 0
    /// The task of a playbook or the stage of a recipe that runs; output does not replace its name.
    private var hasTask = false

    var isRunning: Bool { started != nil && outcome == nil }

    mutating func apply(_ event: Event) {
        switch event.kind {
        case .cellStarted: started = event.time
        case .phaseStarted(let phase, _):
            self.phase = phase
            say("")
        case .phaseFinished(let result): done[result.phase] = result.outcome
        case .stepStarted(_, let step): say(step)
        case .taskStarted(_, let step, let task):
            say("\(step): \(task)")
            hasTask = true
        case .output(_, _, _, let line): if !hasTask, !line.allSatisfy(\.isWhitespace) { text = line }
        case .waiting(let reason): say(reason)
        case .retrying(_, _, let reason): say(reason)
        case .caseFinished(let result):
            passed += result.outcome == .passed ? 1 : 0
            bad += [.failed, .error].contains(result.outcome) ? 1 : 0
        case .cellFinished(let outcome, let message):
            self.outcome = outcome
            seconds = started.map { event.time.seconds(since: $0) } ?? 0
            say(message ?? "")
        default: break
        }
    }

    private mutating func say(_ words: String) { (text, hasTask) = (words, false) }
}
