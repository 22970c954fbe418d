import MatrixCore

/// One question to a host: a piece of POSIX sh whose exit status and output answer it.
struct Probe: Sendable, Hashable {
    /// Exit status of a built-in script whose question could not be asked; standard error says why.
    static let unanswerable: Int32 = 69

    /// The script; it has no standard input and may change its own shell.
    var script: String
    /// The account on the host.
    var user: String
    /// Its limit; a script that runs longer is killed.
    var timeout: Duration
    /// How many bytes of standard output, and of standard error, are kept.
    var limit: Int

    init(_ script: String, user: String = "root", timeout: Duration = .seconds(30), limit: Int = 1 << 16) {
        self.script = script
        self.user = user
        self.timeout = timeout
        self.limit = limit
    }

    /// A script of a built-in kind: its words in English, `fail WHY` if the question cannot be asked.
    static func builtIn(_ script: String, user: String, timeout: Duration, limit: Int = 1 << 16) -> Probe {
        let prelude = "LC_ALL=C; export LC_ALL; fail() { echo \"$*\" >&2; exit \(unanswerable); }\n"
        return Probe(prelude + script, user: user, timeout: timeout, limit: limit)
    }
}

/// What a host answered to one ``Probe``.
struct ProbeAnswer: Sendable, Hashable {
    /// How the probe's script ended.
    enum End: Sendable, Hashable {
        /// 128 + n if signal n ended it.
        case status(Int32)
        case timedOut
    }

    var end = End.status(0)
    /// At most the probe's `limit` bytes.
    var output: [UInt8] = []
    var error: [UInt8] = []
    /// Whether there was more standard output than the limit.
    var outputIsCut = false
    var errorIsCut = false
    /// How long it took on the host, in seconds; zero if the host has no /proc/uptime.
    var seconds = 0.0

    /// Standard output, repaired if it is not UTF-8.
    var text: String { String(decoding: output, as: UTF8.self) }
    var isCut: Bool { outputIsCut || errorIsCut }
    var errorText: String { String(decoding: error, as: UTF8.self) }
    var lines: [Substring] { text.parts(at: "\n") }
    var exitStatus: Int32? { if case .status(let status) = end { status } else { nil } }

    /// The last line of standard error for messages.
    var lastErrorLine: String? {
        PlainText.clean(error).split(whereSeparator: \.isNewline).last { !$0.allSatisfy(\.isWhitespace) }.map(String.init)
    }
}

/// Why a question got no answer: an infrastructure error, never a failed check.
struct Unanswered: Error, Sendable, Hashable {
    /// One sentence without a full stop.
    var why: String
    /// What to do next.
    var next: String?
    /// More lines, such as a failed command's output.
    var detail: String?

    init(_ why: String, next: String? = nil, detail: String? = nil) {
        self.why = why
        self.next = next
        self.detail = detail
    }
}
