/// A program to run, here or on a host.
public struct Command: Sendable, Hashable {
    /// The program and its arguments; never through a shell, unless they name one.
    public var arguments: [String]
    /// Set beside the inherited environment.
    public var environment: [String: String]
    /// Variables of the inherited environment that it does not get.
    public var unset: Set<String> = []
    /// The working folder; nil for the inherited one.
    public var directory: String?
    /// Standard input; nil for none (`/dev/null`).
    public var input: [UInt8]?
    /// The account to run as, if not the login account: by `sudo -n`, from root by `setpriv` or `su`.
    public var user: String?
    /// How many bytes of standard output are kept for the result; the rest still streams to `onLine`.
    public var outputLimit: Int
    /// A file of this machine that gets standard output instead of the result and `onLine`, up to `outputLimit` bytes.
    public var outputFile: String?
    /// The timeout; nil for none.
    public var timeout: Duration?
    /// Whether it inherits the variables that hold secrets of the matrix, without being given them by name.
    public var seesSecrets: Bool

    public init(
        _ arguments: [String], environment: [String: String] = [:], directory: String? = nil, input: [UInt8]? = nil, user: String? = nil,
        outputLimit: Int = 1 << 20, outputFile: String? = nil, timeout: Duration? = nil, seesSecrets: Bool = false
    ) {
        self.seesSecrets = seesSecrets
        self.arguments = arguments
        self.environment = environment
        self.directory = directory
        self.input = input
        self.user = user
        self.outputLimit = outputLimit
        self.outputFile = outputFile
        self.timeout = timeout
    }

    /// How many bytes of standard error are kept for the result.
    public var errorLimit: Int { outputFile == nil ? outputLimit : min(outputLimit, 1 << 16) }

    /// A shell script, handed to `sh` on standard input so that no process list shows it.
    public static func script(_ text: String, arguments: [String] = [], user: String? = nil, timeout: Duration? = nil) -> Command {
        Command(["sh", "-s", "--"] + arguments, input: Array(text.utf8), user: user, timeout: timeout)
    }

    /// The command line for messages, ready to paste; the environment in front.
    public var display: String {
        let variables = environment.sorted { $0.key < $1.key }.map { "\($0.key)=\(ShellQuoting.quote($0.value))" }
        return (variables + [ShellQuoting.join(arguments)]).joined(separator: " ")
    }
}

/// One line that a command printed, without its newline; not yet cleaned or redacted.
public struct OutputLine: Sendable, Hashable {
    /// The stream that it was printed to.
    public enum Stream: Sendable {
        case standardOutput
        case standardError
    }

    public var stream: Stream
    public var text: String
    /// The host's label, in output of several hosts.
    public var label: String?

    public init(_ stream: Stream, _ text: String, label: String? = nil) {
        self.stream = stream
        self.text = text
        self.label = label
    }

    /// The text as a log shows it, with the host's label in front.
    public var labelled: String { labelling(text) }

    /// A text of the same host as a log shows it.
    public func labelling(_ text: String) -> String { label.map { "[\($0)] \(text)" } ?? text }
}

/// How a command ended and what it printed.
public struct CommandResult: Sendable {
    /// Its exit status; 128 + n if signal n ended it.
    public var exitStatus: Int32
    /// The first `outputLimit` bytes.
    public var standardOutput: [UInt8]
    /// The first `errorLimit` bytes.
    public var standardError: [UInt8]
    /// Whether something was cut off.
    public var isTruncated: Bool

    public init(exitStatus: Int32, standardOutput: [UInt8] = [], standardError: [UInt8] = [], isTruncated: Bool = false) {
        self.exitStatus = exitStatus
        self.standardOutput = standardOutput
        self.standardError = standardError
        self.isTruncated = isTruncated
    }

    public var succeeded: Bool { exitStatus == 0 }

    /// Standard output as text, repaired if it is not UTF-8, without the final newline.
    public var output: String {
        let text = String(decoding: standardOutput, as: UTF8.self)
        return text.hasSuffix("\n") ? String(text.dropLast()) : text
    }

    /// Standard error likewise.
    public var errorOutput: String {
        let text = String(decoding: standardError, as: UTF8.self)
        return text.hasSuffix("\n") ? String(text.dropLast()) : text
    }
}
