import MatrixCore

/// Calls that contradict what the ledger holds.
enum LeaseError {
    static func unknown(_ lease: LeaseID, _ transition: LeaseTransition) -> InfrastructureError {
        InfrastructureError(
            "the ledger cannot record that resource \(lease.value) \(transition.sentence)", why: "it holds no such resource",
            next: "see what it holds: matrix status", type: .ledgerLease, isTransient: false)
    }

    static func impossible(_ transition: LeaseTransition, _ resource: String, is state: String) -> InfrastructureError {
        InfrastructureError(
            "the ledger cannot record that \(resource) \(transition.sentence)", why: "it is on record as \(state)",
            next: "see what is there: matrix status --live", type: .ledgerLease, isTransient: false)
    }
}
