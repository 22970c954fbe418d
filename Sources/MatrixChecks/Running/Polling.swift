import MatrixCore

/// When a check is asked again: the state behind `within`, `every` and `stable`, without a clock.
///
/// All times are since the first question.
struct Polling: Sendable, Hashable {
    /// How one try went.
    enum Outcome: Sendable, Hashable {
        case held
        case failed
        case unanswered
    }

    /// What to do after a try.
    enum Next: Sendable, Hashable {
        /// The last outcome is final.
        case done
        /// It held, but not for as long as it must.
        case unstable(held: Duration)
        case again(at: Duration)
    }

    let within: Duration?
    let every: Duration
    let stable: Duration?
    /// Tries so far.
    private(set) var attempts = 0
    private var heldSince: Duration?

    init(within: Duration?, every: Duration, stable: Duration?) {
        self.within = within
        self.every = max(every, .milliseconds(10))
        self.stable = stable
    }

    init(_ modifiers: CheckModifiers) {
        self.init(within: modifiers.within, every: modifiers.every, stable: modifiers.stable)
    }

    /// Takes the outcome of a try that was asked at `asked` and answered at `now`.
    mutating func take(_ outcome: Outcome, asked: Duration, now: Duration) -> Next {
        attempts += 1
        switch outcome {
        case .held: return takeHeld(asked: asked, now: now)
        case .failed, .unanswered:
            let held = heldSince.map { asked - $0 }
            heldSince = nil
            if let again = next(asked: asked, now: now) { return .again(at: again) }
            if let held, outcome == .failed { return .unstable(held: held) }
            return .done
        }
    }

    private mutating func takeHeld(asked: Duration, now: Duration) -> Next {
        guard let stable else { return .done }
        let since = heldSince ?? asked
        heldSince = since
        if asked - since >= stable { return .done }
        return .again(at: max(now, min(asked + every, since + stable)))
    }

    /// Within the limit there is always one last try at its very end.
    private func next(asked: Duration, now: Duration) -> Duration? {
        guard let within, asked < within else { return nil }
        return max(now, min(asked + every, within))
    }
}
