extension CaseResult {
    /// The property that holds ``note``.
    public static let noteProperty = "note"

    /// What a case that passed passed over, in one line: failures that a playbook ignored. Nil if it did not pass.
    public var note: String? { outcome == .passed ? properties[Self.noteProperty] : nil }
}
