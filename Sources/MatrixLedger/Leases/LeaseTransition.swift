import MatrixCore

/// What may happen to a lease, and its state afterwards.
///
/// Two rules: a resource that may exist is never forgotten, and one that is confirmed as gone can only become leaked.
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

    /// The state after this transition; nil if it cannot happen.
    func state(after state: State) -> State? {
        switch (self, state) {
        // A lost reply: the id becomes known only after the lease was kept or leaked.
        case (.created, .intended): .created
        case (.created, .created), (.created, .kept), (.created, .leaked): state
        // Only if the end of the create is unknown: the resource may still appear.
        case (.absent, .intended), (.absent, .leaked): state
        case (.reachable, .created), (.reachable, .kept), (.reachable, .leaked): state
        case (.kept, .created), (.kept, .kept): .kept
        // Also a resource that seemed gone and was seen again.
        case (.leaked, _): .leaked
        case (.destroyed, _): .destroyed
        default: nil
        }
    }

    /// What it was about to record, for messages.
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
