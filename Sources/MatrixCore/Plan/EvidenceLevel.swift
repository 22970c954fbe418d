/// How much a host is asked when a check fails there.
public enum EvidenceLevel: String, Sendable, CaseIterable {
    /// Nothing.
    case off
    /// What belongs to the kind of check, and what is wrong with the host: a full disk, killed processes, denials.
    case standard = "default"
    /// The same at greater length, and the state of the host in any case.
    case full
}
