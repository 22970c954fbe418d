import MatrixCore

/// Lines of the form `KEY=VALUE`, which may end with a carriage return; the last one of a key counts.
struct KeyedLines {
    private var values: [String: String] = [:]

    init<Text: StringProtocol>(_ text: Text) where Text.SubSequence == Substring {
        for line in text.parts(at: "\n") {
            let words = line.parts(at: "=", maxSplits: 1, omittingEmptySubsequences: false)
            guard words.count == 2 else { continue }
            let value = words[1]
            values[String(words[0])] = String(value.utf8.last == UInt8(ascii: "\r") ? value.dropLast() : value)
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
