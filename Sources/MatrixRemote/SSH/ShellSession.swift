internal import MatrixCore

/// A command inside a small POSIX shell that is spoken to over standard input: on a host over SSH, or here as another user.
///
/// Environment, arguments and input go over standard input: a process list shows only the command's own arguments. The shell
/// prints a mark on both streams before and after the command. With the marks an exit status of 255 is the command's own,
/// output is known to be complete even if a daemon keeps the pipes open, and the output of login scripts is recognised.
/// The end of standard input (a lost connection, a cancelled call) ends the command's whole process group.
struct ShellSession: Sendable {
    /// How the shell ended.
    enum Ending: Sendable {
        case finished(CommandResult)
        /// The shell itself was not reached: what was printed instead.
        case notStarted(status: Int32, output: [String])
        /// The command began, and its end was not seen.
        case lost(status: Int32, output: [String])
    }

    /// What is told instead of output if the host's disk is full.
    static let noRoom = "no room for the command's input in /tmp or /dev/shm"

    private let command: Command
    private let login: String
    private let nonce: String

    /// - Parameter login: the account that starts the shell.
    init(_ command: Command, login: String) {
        self.command = command
        self.login = login
        nonce = Self.newNonce()
    }

    /// A word for marks that no other program prints.
    static func newNonce() -> String {
        String(UInt64.random(in: 0...UInt64.max), radix: 36) + String(UInt64.random(in: 0...UInt64.max), radix: 36)
    }

    /// Reads the script's length, then the script. Without single quotes, so that it can stand between them in any login shell.
    private static let bootstrap = #"IFS= read -r n && p=$(head -c "$n") && eval "$p""#

    /// From root to another account: `su` sets HOME and USER; a system may lack it.
    private static let switchUser =
        #"if command -v su >/dev/null 2>&1; then exec su -s /bin/sh "$1" -c "$2"; fi; exec runuser -u "$1" -- sh -c "$2""#

    /// The words that start the shell as the command's user.
    var launcher: [String] {
        guard let user = command.user, user != login else { return ["sh", "-c", Self.bootstrap] }
        if login == "root" { return ["sh", "-c", Self.switchUser, "sh", user, Self.bootstrap] }
        return ["sudo", "-n", "-H", "-u", user, "--", "sh", "-c", Self.bootstrap]
    }

    /// What the shell reads first: its script, then the command's own input if the script does not hold it.
    var input: [UInt8] {
        let script = Array(self.script.utf8)
        return Array("\(script.count)\n".utf8) + script + (inlineInput == nil ? command.input ?? [] : [])
    }

    /// The longest input that the script itself holds: a shell may read it from a pipe, byte by byte.
    private static let longestInline = 16 << 10

    /// The command's input as a text that the script can hold, with a newline at its end; nil for other input.
    private var inlineInput: String? {
        guard let input = command.input, !input.isEmpty, input.count <= Self.longestInline,
            input.allSatisfy({ (0x20...0x7e).contains($0) || $0 == 0x0a || $0 == 0x09 })
        else { return nil }
        let text = String(decoding: input, as: UTF8.self)
        if text.hasSuffix("\n") { return text }
        // For a script the newline makes no difference; other programs get exactly their input.
        return command.arguments.starts(with: ["sh", "-s"]) ? text + "\n" : nil
    }

    /// Runs the shell in a prepared process and streams the command's lines.
    func run(_ process: ChildProcess, onLine: @Sendable (OutputLine) async -> Void) async throws -> Ending {
        let file = try command.outputFile.map { try OutputFile($0) }
        var output = MarkedStream(.standardOutput, nonce: nonce, limit: command.outputLimit, file: file)
        var errors = MarkedStream(.standardError, nonce: nonce, limit: command.errorLimit)
        let status = try await process.run(timeout: command.timeout) { chunk in
            let lines = chunk.stream == .standardOutput ? output.take(chunk.bytes) : errors.take(chunk.bytes)
            for line in lines { await onLine(line) }
            return output.failure != nil || output.verdict != nil && errors.verdict != nil ? .enough : .more
        }
        if let failure = output.failure { throw failure }
        for line in [output.end(), errors.end()].compactMap(\.self) { await onLine(line) }
        return ending(status, output, errors)
    }

    private func ending(_ status: Int32, _ output: MarkedStream, _ errors: MarkedStream) -> Ending {
        if let verdict = output.verdict, verdict == errors.verdict, let code = Int32(verdict) {
            return .finished(
                CommandResult(
                    exitStatus: code, standardOutput: output.kept, standardError: errors.kept,
                    isTruncated: output.isTruncated || errors.isTruncated))
        }
        let noise = output.noise + errors.noise
        if errors.verdict == "spool" { return .notStarted(status: status, output: [Self.noRoom]) }
        return errors.hasBegun || output.hasBegun ? .lost(status: status, output: noise) : .notStarted(status: status, output: noise)
    }

    /// Descriptors: 3 the connection, 4 and 5 the streams, 6 the command's input.
    private var script: String {
        """
        exec 3<&0 4>&1 5>&2 </dev/null 2>/dev/null
        m='\(nonce)'
        say() { printf '\\036%s %s\\n' "$m" "$1" >&4; printf '\\036%s %s\\n' "$m" "$1" >&5; }
        \(spooling)
        say begin
        e=
        trap 'e=1' USR1
        (
        \(surroundings)
        s=; command -v setsid >/dev/null && s=setsid
        d=; env --default-signal=INT,QUIT true && d='env --default-signal=INT,QUIT'
        set -- \(ShellQuoting.join(command.arguments))
        command -v "$1" >/dev/null || { printf '%s: not found\\n' "$1" >&5; exit 127; }
        exec $s $d "$@" <&6 >&4 2>&5 3<&- 4>&- 5>&- 6<&-
        ) & p=$!
        ( while IFS= read -r x; do :; done; while kill -s USR1 $$; do sleep 1; done ) <&3 >/dev/null 4>&- 5>&- 6<&- & w=$!
        exec 3<&- 6<&-
        wait "$p"; s=$?
        if [ -n "$e" ]; then
        trap '' USR1
        kill -s TERM -- "-$p" || kill -s TERM "$p"
        i=0
        while [ $i -lt 50 ] && kill -s 0 -- "-$p"; do sleep 0.1 || sleep 1; i=$((i+1)); done
        kill -s KILL -- "-$p"
        fi
        kill "$w"
        say "$s"
        exit 0
        """
    }

    /// Input must not stay unread in the connection, whose end it would hide. A short text, as most scripts are, comes with the shell's
    /// script: the programs that the spooling needs take longer than many a command. All else is spooled to an unlinked file, in memory
    /// if it is small.
    private var spooling: String {
        guard let input = command.input, !input.isEmpty else { return "exec 6</dev/null" }
        if let inlineInput { return "exec 6<<'\(nonce)'\n\(inlineInput)\(nonce)" }
        let shared = input.count <= 1 << 20 ? "[ -d /dev/shm ] && [ -w /dev/shm ] && mktemp /dev/shm/.XXXXXXXXXX || " : ""
        return """
            f=$(umask 077; \(shared)mktemp) && head -c \(input.count) <&3 >"$f"
            if [ "$(wc -c <"$f")" -ne \(input.count) ]; then rm -f "$f"; say begin; say spool; exit 1; fi
            exec 6<"$f"; rm -f "$f"
            """
    }

    private var surroundings: String {
        var lines = command.environment.sorted { $0.key < $1.key }.map { "export \($0.key)=\(ShellQuoting.quote($0.value))" }
        if let directory = command.directory {
            lines.append("cd -- \(ShellQuoting.quote(directory)) 2>&5 || exit 1")
        } else if command.user != nil, command.user != login {
            lines.append(#"cd -- "${HOME:-/}" || cd /"#)
        }
        return lines.joined(separator: "\n")
    }
}
