internal import MatrixCore

/// Several scripts for one host in one session, as root: one after the other, each in its own shell.
struct HostScript: Sendable {
    /// One of them.
    struct Part: Sendable {
        /// What it does, as errors name it.
        var what: String
        /// POSIX shell. Exit status 0 goes on, ``HostScript/stop`` ends the session without an error, all else is one.
        var script: String
        var arguments: [String] = []
        /// What to do if it fails.
        var next: String?
        /// Whether another try can help.
        var isTransient = false
    }

    /// How a part ends the session without an error.
    static let stop: Int32 = 75

    var parts: [Part]

    /// Runs the parts until one stops or fails.
    ///
    /// - Returns: what each printed, as far as they came.
    /// - Throws: `InfrastructureError` of the part that failed, with its last lines.
    func run(on transport: any Transport, timeout: Duration) async throws -> [String] {
        let mark = "@matrix-\(String(UInt64.random(in: 0...UInt64.max), radix: 36))"
        let result = try await transport.run(.script(text(mark), user: "root", timeout: timeout))
        let (output, errors) = (Sections(of: result.standardOutput, mark), Sections(of: result.standardError, mark))
        if result.succeeded {
            // A host that ran nothing and says that all went well has no marks: it must not count as clean.
            guard output.isWhole(parts.count) || errors.isWhole(parts.count) else {
                throw InfrastructureError(
                    parts.last?.what ?? "a session", why: "the host ended the session without an answer",
                    next: "see if its shell runs scripts: ssh to it, and: sudo sh -s", isTransient: false)
            }
            return output.closed.map { CommandResult(exitStatus: 0, standardOutput: $0).output }
        }
        // What was cut off at the limit has no marks; the other stream still has them.
        let failed = min(max(output.passed, errors.passed), parts.count - 1)
        let part = parts[failed]
        let failure = transport.failure(
            of: Command(["sh", "-s", "--"] + part.arguments, user: "root"),
            CommandResult(exitStatus: result.exitStatus, standardOutput: output[failed], standardError: errors[failed]))
        throw InfrastructureError(part.what, why: failure.lastLine, next: part.next, isTransient: part.isTransient, command: failure)
    }

    /// Each script comes as a here-document, so that no process list shows it. It is one function: its shell reads it whole first, so
    /// that no program in it can read the rest of it as input.
    func text(_ mark: String) -> String {
        let calls = parts.enumerated().map { number, part in
            """
            sh -s -- \(ShellQuoting.join(part.arguments)) <<'\(mark)-\(number)'
            main() {
            \(part.script)
            }
            main "$@" </dev/null
            \(mark)-\(number)
            ended $?

            """
        }
        return """
            ended() {
              printf '\\n%s %s\\n' '\(mark)' "$1"; printf '\\n%s %s\\n' '\(mark)' "$1" >&2
              case $1 in 0) ;; \(Self.stop)) exit 0 ;; *) exit "$1" ;; esac
            }

            """ + calls.joined()
    }

    /// One stream, cut at the marks.
    private struct Sections {
        /// What each part printed that has ended.
        var closed: [[UInt8]] = []
        /// How many of them went on.
        var passed = 0
        private var hasStopped = false
        private var rest: [UInt8] = []

        init(of bytes: [UInt8], _ mark: String) {
            let separator = Array("\n\(mark) ".utf8)
            var bytes = bytes[...]
            while let start = bytes.firstRange(of: separator), let end = bytes[start.upperBound...].firstIndex(of: 0x0a) {
                closed.append(Array(bytes[..<start.lowerBound]))
                let status = bytes[start.upperBound..<end]
                if status.elementsEqual("0".utf8) { passed += 1 }
                if status.elementsEqual("\(HostScript.stop)".utf8) { hasStopped = true }
                bytes = bytes[(end + 1)...]
            }
            rest = Array(bytes)
        }

        /// Whether all parts ended, or one ended the session.
        func isWhole(_ count: Int) -> Bool { passed == count || hasStopped }

        /// What a part printed, ended or not.
        subscript(part: Int) -> [UInt8] { part < closed.count ? closed[part] : part == closed.count ? rest : [] }
    }
}
