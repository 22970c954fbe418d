/// A command that failed: what a person needs to run it again and to see why.
public struct CommandFailure: Error, Sendable, CustomStringConvertible {
    /// The command line, ready to paste.
    public var commandLine: String
    /// How it ended: `exit status 2`, `killed by signal 9`, `not started: no such file`.
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
