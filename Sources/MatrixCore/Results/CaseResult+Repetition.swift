extension [CaseResult] {
    /// The cases of a step with each fault once: if its tasks or its hosts have the verdict, the case with the step's name has none
    /// beside it.
    ///
    /// - Parameter name: the step's name.
    public func tellingOnce(besides name: String) -> [CaseResult] {
        guard let own = firstIndex(where: { $0.name == name }), self[own].outcome.isProblem else { return self }
        let others = indices.filter { $0 != own && self[$0].outcome.isProblem }
        guard others.contains(where: { self[$0].outcome == self[own].outcome }) else { return self }
        var result = self
        let first = self[others[0]].name
        result[own].outcome = .skipped
        result[own].message = "no verdict beside that of \(first)" + (others.count > 1 ? " and \(others.count - 1) more" : "")
        (result[own].type, result[own].detail) = (nil, nil)
        return result
    }
}
