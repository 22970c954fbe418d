import MatrixCore
internal import Yams

/// Reads YAML text into a `Document` whose every value knows its position.
struct YAMLReader {
    /// The name of the file in positions.
    let file: String
    let problems: Problems

    /// The document of a text; nil after a syntax error, which is reported, and for an empty text.
    func document(of text: String) -> Document? {
        var keys = RepeatedKeys()
        var source = text
        while true {
            do {
                // The basic resolver matches no regular expressions: `Document` itself tells scalars apart.
                guard let node = try Parser(yaml: source, resolver: .basic, encoding: .utf8).singleRoot() else { return nil }
                var converter = NodeConverter(file: file, problems: problems, hiddenKeys: keys.hidden)
                return converter.document(of: node)
            } catch YamlError.duplicatedKeysInMapping(let duplicates, let context) {
                // The parser stops at a repeated key and knows only the first: that one is renamed, and the text is read again.
                let name = duplicates.first ?? ""
                guard let renamed = keys.hide(name, at: context.mark, in: source) else {
                    problems.error(at: location(context.mark), "`\(name)` is written more than once", hint: "keep one of them")
                    return nil
                }
                source = renamed
            } catch {
                report(error, in: text)
                return nil
            }
        }
    }

    private func location(_ mark: Mark) -> SourceLocation {
        SourceLocation(file: file, line: mark.line, column: mark.column)
    }

    private func report(_ error: any Error, in text: String) {
        switch error as? YamlError {
        case .scanner(let context, let problem, let mark, _), .parser(let context, let problem, let mark, _),
            .composer(let context, let problem, let mark, _):
            let detail = [context?.text, problem].compactMap(\.self).filter { !$0.isEmpty }.joined(separator: ", ")
            problems.error(at: location(mark), "this is not YAML: \(detail)", hint: hint(for: problem, at: mark, in: text))
        case .reader(let problem, let offset, _, _):
            let before = text.prefix(offset ?? 0)
            let line = before.count { $0.isNewline } + 1
            let column = (before.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline).last?.unicodeScalars.count ?? 0) + 1
            problems.error(
                at: SourceLocation(file: file, line: line, column: column), "this is not YAML: \(problem)", hint: "remove the character")
        default:
            problems.error(at: SourceLocation(file: file, line: 1, column: 1), "this is not YAML: \(error)")
        }
    }

    private func hint(for problem: String, at mark: Mark, in text: String) -> String {
        let lines = text.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline)
        let line = lines.indices.contains(mark.line - 1) ? lines[mark.line - 1] : ""
        if line.prefix(while: \.isWhitespace).contains("\t") { return "indent with spaces, never with tabs" }
        return switch problem {
        case "mapping values are not allowed in this context": "quote a text that holds `: `, and check the indentation"
        case "found undefined alias": "define it before with `&`, or quote a text that begins with `*`"
        case "found character that cannot start any token": "quote a text that begins with a special character"
        case "but found another document": "keep one document in the file and remove the `---`"
        default: "check quotes, brackets and indentation here and above"
        }
    }
}
