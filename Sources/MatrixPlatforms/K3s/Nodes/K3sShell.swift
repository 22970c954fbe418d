internal import MatrixCore
internal import Synchronization

/// Runs scripts as root on a node and separates their messages (`@k3s WORD TEXT`) from the output of programs.
struct K3sShell: Sendable {
    /// A script's messages, and the other output.
    struct Answer: Sendable {
        var exitStatus: Int32
        /// Each word with all its texts, in order.
        var told: [String: [String]]
        /// The other lines.
        var output: [String]

        /// The last text of a word.
        subscript(word: String) -> String? { told[word]?.last }
        func all(_ word: String) -> [String] { told[word] ?? [] }
        /// The last lines, for messages. Redacted before they are cut off: the last lines of a secret are not recognised.
        var tail: String {
            let lines = Redactor.current.redact(output.joined(separator: "\n")).split(separator: "\n", omittingEmptySubsequences: false)
            return lines.suffix(15).joined(separator: "\n")
        }
        var lastLine: String? { output.last { !$0.allSatisfy(\.isWhitespace) } }
    }

    let transport: any Transport
    /// The host's name in messages.
    let label: String
    var log: @Sendable (String) async -> Void = { _ in }

    /// The beginning of every script. `/usr/local/bin` is not in `sudo`'s path on the RHEL family.
    private static let prelude = #"""
        exec 2>&1
        umask 022
        export LC_ALL=C DEBIAN_FRONTEND=noninteractive PATH="$PATH:/usr/local/sbin:/usr/local/bin:/usr/sbin:/sbin"
        say() { printf '@k3s %s\n' "$*"; }
        has() { command -v "$1" >/dev/null 2>&1; }

        """#

    /// Runs a script to its end.
    ///
    /// - Parameter variables: set before it as shell variables; they are on standard input, so that no process list shows them.
    func run(_ script: String, variables: [String: String] = [:], timeout: Duration = .seconds(60), quietly: Bool = false) async throws
        -> Answer
    {
        let assignments = variables.sorted { $0.key < $1.key }.map { "\($0.key)=\(ShellQuoting.quote($0.value))\n" }.joined()
        // One function: the shell reads it whole first, so no program in it can read the rest of the script as input.
        let text = "\(Self.prelude)\(assignments)main() {\n\(script)\n}\nmain </dev/null\n"
        let lines = Mutex<[String]>([])
        let result = try await transport.run(.script(text, user: "root", timeout: timeout)) { line in
            lines.withLock { $0.append(line.text) }
            if !quietly, !line.text.hasPrefix("@k3s ") { await log("\(label): \(line.text)") }
        }
        return Self.answer(lines.withLock { $0 }, result)
    }

    private static func answer(_ lines: [String], _ result: CommandResult) -> Answer {
        var answer = Answer(exitStatus: result.exitStatus, told: [:], output: [])
        for line in lines {
            guard line.hasPrefix("@k3s ") else {
                answer.output.append(PlainText.clean(line))
                continue
            }
            let words = line.dropFirst(5).split(separator: " ", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
            answer.told[words[0], default: []].append(words.count > 1 ? words[1] : "")
        }
        return answer
    }
}
