extension [CaseResult] {
    /// The cases of a step or a script with each fault once: if its tasks, hosts or tests have the verdict, the case with its name has none
    /// beside it.
    ///
    /// - Parameter name: the name of the step's case, or of the script's.
    public func tellingOnce(besides name: String) -> [CaseResult] {
        guard let own = firstIndex(where: { $0.name == name }), self[own].outcome.isProblem else { return self }
        let others = indices.filter { $0 != own && self[$0].outcome.isProblem }
        // The cell's outcome must stay: an error is worse than a failure.
        let telling = self[own].outcome == .failed ? [.failed, .error] : [self[own].outcome]
        guard others.contains(where: { telling.contains(self[$0].outcome) }) else { return self }
        var result = self
        let first = self[others[0]].name
        result[own].outcome = .skipped
        result[own].message = "no verdict beside that of \(first)" + (others.count > 1 ? " and \(others.count - 1) more" : "")
        (result[own].type, result[own].detail) = (nil, nil)
        return result
    }
}
