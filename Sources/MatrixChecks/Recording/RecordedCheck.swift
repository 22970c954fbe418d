import MatrixCore

/// A check that was written from what a host shows.
struct RecordedCheck: Sendable, Hashable {
    /// What it is about, for the file's headings.
    var section: String
    var kind: String
    var subject: Value
    /// The keys beside the kind's own, in their order.
    var keys: [(name: String, value: Value)]

    init(_ section: String, _ kind: String, _ subject: Value, _ keys: [(name: String, value: Value)] = []) {
        self.section = section
        self.kind = kind
        self.subject = subject
        self.keys = keys
    }

    static func == (left: RecordedCheck, right: RecordedCheck) -> Bool { left.yaml == right.yaml && left.section == right.section }

    func hash(into hasher: inout Hasher) { hasher.combine(yaml) }

    /// As one item of a list.
    var yaml: String {
        let lines = ["- \(kind): \(Self.scalar(subject))"] + keys.map { "  \($0.name): \(Self.scalar($0.value))" }
        return lines.joined(separator: "\n") + "\n"
    }

    /// The step that a file with this check would make.
    func step(number: Int) -> StepPlan {
        let nowhere = SourceLocation(file: "", line: 0, column: 0)
        let members = ([(name: kind, value: subject)] + keys).map { key in
            Document.Member(key: key.name, keyLocation: nowhere, value: Document(value: key.value, at: nowhere))
        }
        return StepPlan(name: "\(number)", kind: kind, options: Document(.map(members), at: nowhere))
    }

    private static func scalar(_ value: Value) -> String {
        switch value {
        case .string(let text): isPlain(text) ? text : JSON.text(text)
        case .list(let elements): "[\(elements.map(scalar).joined(separator: ", "))]"
        case .map(let members): "{ \(members.sorted { $0.key < $1.key }.map { "\($0.key): \(scalar($0.value))" }.joined(separator: ", ")) }"
        default: value.text
        }
    }

    /// Whether YAML and its older readers take the text for nothing else, and it holds no reference.
    private static func isPlain(_ text: String) -> Bool {
        guard let first = text.unicodeScalars.first, first.isASCII, first.properties.isAlphabetic || first == "/" || first == "_" else {
            return false
        }
        let words: Set = ["true", "false", "null", "yes", "no", "on", "off", "y", "n"]
        return !words.contains(text.lowercased())
            && text.utf8.allSatisfy { byte in
                let scalar = Unicode.Scalar(byte)
                return scalar.isASCII
                    && (scalar.properties.isAlphabetic || ("0"..."9").contains(scalar) || "/_.-+@".unicodeScalars.contains(scalar))
            }
    }
}
