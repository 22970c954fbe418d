import MatrixCore

extension Diagnostic {
    /// A workflow command of GitHub Actions, which shows the problem at its line.
    ///
    /// - Parameter file: the file that was read, for a problem without a position.
    func annotation(in file: String) -> String {
        var properties = ["file=\(WorkflowCommand.escaped(property: location?.file ?? file))"]
        if let location { properties += ["line=\(location.line)", "col=\(location.column)"] }
        let text = message + (hint.map { "; \($0)" } ?? "")
        return "::\(severity.rawValue) \(properties.joined(separator: ","))::\(WorkflowCommand.escaped(text))"
    }
}
