import MatrixCore

extension Diagnostic {
    /// A workflow command of GitHub Actions, which shows the problem at its line.
    ///
    /// - Parameter file: the file that was read, for a problem without a position.
    func annotation(in file: String) -> String {
        var properties = ["file=\(Self.escaped(location?.file ?? file, isProperty: true))"]
        if let location { properties += ["line=\(location.line)", "col=\(location.column)"] }
        let text = message + (hint.map { "; \($0)" } ?? "")
        return "::\(severity.rawValue) \(properties.joined(separator: ","))::\(Self.escaped(text, isProperty: false))"
    }

    /// As the runner's documentation says.
    private static func escaped(_ text: String, isProperty: Bool) -> String {
        let basic = text.replacing("%", with: "%25").replacing("\r", with: "%0D").replacing("\n", with: "%0A")
        return isProperty ? basic.replacing(":", with: "%3A").replacing(",", with: "%2C") : basic
    }
}
