internal import MatrixCore

extension PreflightProblem {
    /// An error that kept a preflight from finding something out.
    ///
    /// - Parameter what: what cannot be known now; errors of drivers name it themselves.
    init(_ error: any Error, _ what: String) {
        let error = (error as? LinodeFault)?.error(what) ?? (error as? ProxmoxFault)?.error(what) ?? error
        guard let known = error as? InfrastructureError else {
            self.init(.error, "\(what): \(error)")
            return
        }
        self.init(.error, "\(known.what): \(known.why)", next: known.next)
    }
}
