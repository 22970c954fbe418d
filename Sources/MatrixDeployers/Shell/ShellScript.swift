internal import MatrixCore

/// Builds what `sh` on a host reads on standard input, so that neither arguments nor environment show in a process list.
struct ShellScript {
    /// The script's source.
    enum Source {
        /// Text of the matrix file: it stops at the first command that fails.
        case text(String)
        /// A script file's content: run as it is, by the interpreter that its first line names.
        case file(String)
    }

    let source: Source
    let arguments: [String]
    /// Variables with their values as shell words.
    let exports: [String: String]

    /// The whole script.
    var text: String {
        let variables = exports.sorted { $0.key < $1.key }.map { "export \($0.key)=\($0.value)\n" }.joined()
        let positional = arguments.isEmpty ? "" : "set -- \(ShellQuoting.join(arguments))\n"
        switch source {
        case .text(let body): return "\(variables)\(positional)set -e\n\(Self.whole(body))"
        case .file(let body):
            guard let interpreter = Self.interpreter(of: body) else { return "\(variables)\(positional)\(Self.whole(body))" }
            return variables + positional + Self.stored(body, interpreter)
        }
    }

    /// Braces make `sh` read all of it before it runs any: otherwise a command that reads standard input would consume the rest.
    private static func whole(_ body: String) -> String { "{\n\(body)\n} </dev/null\n" }

    /// An interpreter other than `sh` needs a file; it exists as long as the script, readable only by its account.
    private static func stored(_ body: String, _ interpreter: String) -> String {
        var mark = "SOLTI_END_OF_SCRIPT"
        while body.contains(mark) { mark += "_" }
        return """
            script=$(mktemp) || exit 125
            trap 'rm -f "$script"' EXIT
            trap 'exit 143' HUP INT TERM
            cat >"$script" <<'\(mark)'
            \(body)
            \(mark)
            \(interpreter) "$script" "$@" </dev/null

            """
    }

    /// The words behind `#!`; nil if they name plain `sh`.
    private static func interpreter(of body: String) -> String? {
        guard body.hasPrefix("#!") else { return nil }
        let words = body.dropFirst(2).prefix { !$0.isNewline }.split(whereSeparator: \.isWhitespace).map(String.init)
        guard let program = words.first, words != ["/bin/sh"] else { return nil }
        // The kernel passes everything after the program as one argument.
        let rest = words.dropFirst().joined(separator: " ")
        return ShellQuoting.join([program] + (rest.isEmpty ? [] : [rest]))
    }
}
