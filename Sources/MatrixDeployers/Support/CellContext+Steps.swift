import MatrixCore

/// What deployers need of the cell in which their step runs.
extension CellContext {
    /// The hosts that a step's `hosts:` names, in plan order.
    func hosts(selectedBy selector: String?) -> [Host] {
        let names = Set(cell.hosts(selectedBy: selector).map(\.name))
        return hosts.filter { names.contains($0.name) }
    }

    /// A text without secrets, for what the report's encoder does not see: files beside the report, and texts that are compared or cut.
    func withoutSecrets(_ text: String) -> String { redactor.redact(text) }

    /// The beginning and the end of a long text. Redact before cutting: the redactor does not recognise half a secret.
    func excerpt(_ text: String, to limit: Int) -> String {
        PlainText.clipped(withoutSecrets(PlainText.clean(text)), to: limit)
    }

    /// A host's line of output for a log: in a cell of several hosts, with the host's label.
    func labelled(_ line: OutputLine, of host: Host) -> OutputLine {
        cell.hosts.count > 1 ? OutputLine(line.stream, line.text, label: label(of: host)) : line
    }
}

extension StepPlan {
    /// The value of the step's kind key.
    var subject: Document { options[kind] ?? options }
}
