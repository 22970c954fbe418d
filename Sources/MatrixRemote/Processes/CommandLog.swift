internal import Logging
internal import MatrixCore

/// Writes commands into the debug log: what ran where, how long it took and how it ended. What they print is not in it.
enum CommandLog {
    private static let logger = Logger(label: "command")

    /// Notes what became of a connection.
    static func note(_ text: @autoclosure () -> String) { logger.debug("\(text())") }

    /// Runs `work` and logs its end.
    ///
    /// - Parameter place: `this machine`, or the host's name.
    static func logged(_ command: Command, on place: String, _ work: () async throws -> CommandResult) async throws -> CommandResult {
        try await timed(
            { ending in
                let input = command.input.map { " <\($0.count) bytes" } ?? ""
                let user = command.user.map { " as \($0)" } ?? ""
                logger.debug("\(place)\(user): \(ShellQuoting.join(command.arguments))\(input): \(ending)")
            },
            ending: { "status \($0.exitStatus), \($0.standardOutput.count) bytes out, \($0.standardError.count) bytes err" }, work)
    }
}
