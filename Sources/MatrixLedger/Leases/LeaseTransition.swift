import MatrixCore

/// What may happen to a lease, and what state it is in then.
///
/// Two rules: a resource that may be there is never forgotten, and one that is confirmed as gone comes back only as leaked.
enum LeaseTransition: String, Sendable {
    case created
    case absent
    case reachable
    case kept
    case leaked
    case destroyed

    /// The columns' words: those of `Lease.State` and one more.
    enum State: String, Sendable {
        case intended
        case created
        case kept
        case leaked
        case destroyed
    }

    /// The state after this transition; nil where it cannot happen.
    func state(after state: State) -> State? {
        switch (self, state) {
        // A lost reply: the id is known later than that it was kept or leaked.
        case (.created, .intended): .created
        case (.created, .created), (.created, .kept), (.created, .leaked): state
        // Only of a create whose end is not known: it may yet appear.
        case (.absent, .intended), (.absent, .leaked): state
        case (.reachable, .created), (.reachable, .kept), (.reachable, .leaked): state
        case (.kept, .created), (.kept, .kept): .kept
        // Also one that seemed gone and was seen again.
        case (.leaked, _): .leaked
        case (.destroyed, _): .destroyed
        default: nil
        }
    }

    /// What it was about to write down, for messages.
    var sentence: String {
        switch self {
        case .created: "was created"
        case .absent: "is not there"
        case .reachable: "is reachable"
        case .kept: "is kept"
        case .leaked: "may be left behind"
        case .destroyed: "is gone"
        }
    }
}
