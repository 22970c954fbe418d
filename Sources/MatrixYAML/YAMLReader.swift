public import MatrixCore

/// Reads YAML text into documents whose every value knows its position. No text makes it use more than its limits.
public struct YAMLReader: Sendable {
    private let file: String
    private let limits: YAMLLimits
    private let acceptsTags: Bool

    /// - Parameters:
    ///   - file: the name of the file in positions.
    ///   - limits: the largest text that is read.
    ///   - acceptsTags: whether tags such as `!reference` are read over, as in files of other programs; otherwise each is a problem.
    public init(file: String = "", limits: YAMLLimits = YAMLLimits(), acceptsTags: Bool = false) {
        self.file = file
        self.limits = limits
        self.acceptsTags = acceptsTags
    }

    /// All documents of a text, and everything that is wrong in it. After a syntax error there is no document.
    public func documents(in text: String) -> (documents: [Document], problems: [Diagnostic]) {
        read(text, single: false)
    }

    /// The only document of a text, and everything that is wrong in it. There is none after a syntax error, and in an empty text.
    public func document(in text: String) -> (document: Document?, problems: [Diagnostic]) {
        let (documents, problems) = read(text, single: true)
        return (documents.first, problems)
    }

    private func read(_ text: String, single: Bool) -> (documents: [Document], problems: [Diagnostic]) {
        // Editors on other systems begin a text with a byte order mark, which is not part of it.
        var source = text.unicodeScalars.first == "\u{feff}" ? String(text.unicodeScalars.dropFirst()) : text
        guard !source.isEmpty else { return ([], []) }
        return source.withUTF8 { bytes in
            var composer = YAMLComposer(file: file, limits: limits, acceptsTags: acceptsTags, events: YAMLEvents(of: bytes))
            do throws(YAMLFault) {
                let documents = try composer.documents(single: single)
                return (documents, composer.problems)
            } catch {
                let fault = diagnostic(error, in: String(decoding: bytes, as: UTF8.self))
                return ([], [fault])
            }
        }
    }

    private func diagnostic(_ fault: YAMLFault, in text: String) -> Diagnostic {
        Diagnostic(
            at: SourceLocation(file: file, line: fault.line, column: fault.column),
            fault.problem.isEmpty ? fault.message : "this is not YAML: \(fault.message)",
            hint: fault.hint ?? Self.hint(for: fault, in: text))
    }

    private static func hint(for fault: YAMLFault, in text: String) -> String {
        let lines = text.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline)
        let line = lines.indices.contains(fault.line - 1) ? lines[fault.line - 1] : ""
        if line.prefix(while: \.isWhitespace).contains("\t") { return "indent with spaces, never with tabs" }
        return switch fault.problem {
        case "mapping values are not allowed in this context": "quote a text that holds `: `, and check the indentation"
        case "found undefined alias": "define it before with `&`, or quote a text that begins with `*`"
        case "found character that cannot start any token": "quote a text that begins with a special character"
        case "but found another document": "keep one document in the file and remove the `---`"
        default: "check quotes, brackets and indentation here and above"
        }
    }
}
