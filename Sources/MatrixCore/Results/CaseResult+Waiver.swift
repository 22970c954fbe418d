extension CaseResult {
    /// This case as a waiver shows it: a failure is skipped until the day (included), a pass gets a note.
    ///
    /// A verdict may be waived; a question without an answer may not.
    ///
    /// - Parameter today: the day in UTC, `2027-01-31`.
    public func waived(by waiver: Waiver, on today: String) -> CaseResult {
        var result = self
        let reason = "waived until \(waiver.until): because: \(waiver.because)"
        switch outcome {
        case .failed where today <= waiver.until:
            result.outcome = .skipped
            result.properties["waived"] = message
            result.message = reason
        case .failed: result.message = "\(message ?? ""); the waiver ended with \(waiver.until) (\(waiver.because))"
        case .passed: result.properties["waived"] = "passes, though \(reason)"
        default: break
        }
        return result
    }
}
