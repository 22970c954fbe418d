/// A command that failed: what a person needs to run it again and to see why.
public struct CommandFailure: Error, Sendable, CustomStringConvertible {
    /// The command line, ready to paste.
    public var commandLine: String
    /// How it ended: `exit status 2`, `exit status 137 (SIGKILL, or the program's own)`, `not started: no such file`.
    public var outcome: String
    /// Its exit status; nil if it had none.
    public var exitStatus: Int32?
    /// The last lines that it printed, standard error last.
    public var outputTail: String

    public init(commandLine: String, outcome: String, exitStatus: Int32?, outputTail: String) {
        self.commandLine = commandLine
        self.outcome = outcome
        self.exitStatus = exitStatus
        self.outputTail = outputTail
    }

    /// An exit status in words. Shells report a signal as 128 and its number, but a program may end with the same number by itself.
    public static func outcome(of status: Int32) -> String {
        "exit status \(status)" + (signals[status - 128].map { " (\($0), or the program's own)" } ?? "")
    }

    /// Those that end a program.
    private static let signals: [Int32: String] = [
        1: "SIGHUP", 2: "SIGINT", 3: "SIGQUIT", 4: "SIGILL", 6: "SIGABRT", 7: "SIGBUS", 8: "SIGFPE", 9: "SIGKILL", 10: "SIGUSR1",
        11: "SIGSEGV", 12: "SIGUSR2", 13: "SIGPIPE", 14: "SIGALRM", 15: "SIGTERM", 24: "SIGXCPU", 25: "SIGXFSZ", 31: "SIGSYS",
    ]

    /// The command, how it ended and its last lines, on separate lines.
    public var details: String {
        "$ \(commandLine)\n\(outcome)" + (outputTail.isEmpty ? "" : "\n\(outputTail)")
    }

    /// The last line that is not empty, for one-line messages.
    public var lastLine: String {
        outputTail.split(whereSeparator: \.isNewline).last { !$0.allSatisfy(\.isWhitespace) }.map(String.init) ?? outcome
    }

    public var description: String { details }
}
