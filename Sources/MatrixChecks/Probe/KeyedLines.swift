import MatrixCore

/// Lines of the form `KEY=VALUE`; the last one of a key counts.
struct KeyedLines {
    private var values: [String: String] = [:]

    init(_ text: some StringProtocol) {
        for line in text.split(separator: "\n") {
            guard let sign = line.firstIndex(of: "=") else { continue }
            values[String(line[..<sign])] = String(line[line.index(after: sign)...])
        }
    }

    subscript(key: String) -> String? { values[key] }
}

extension ProbeAnswer {
    /// What a built-in script printed.
    /// - Parameter allowsCut: whether the kind itself looks at ``outputIsCut``.
    /// - Throws: `Unanswered` if it timed out, could not ask, or printed more than is read.
    func builtInText(allowsCut: Bool = false) throws(Unanswered) -> String {
        switch end {
        case .status(0) where outputIsCut && !allowsCut:
            throw Unanswered("the host's answer is longer than the \(ByteSize.brief(output.count)) that are read")
        case .timedOut: throw Unanswered("no answer within the check's timeout", next: "give the check a longer timeout:")
        case .status(0): return text
        case .status(let status):
            throw Unanswered(
                lastErrorLine ?? "the script ended with status \(status)", detail: errorText.isEmpty ? nil : PlainText.clean(error))
        }
    }
}
