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
        let clock = ContinuousClock()
        let start = clock.now
        func log(_ ending: String) {
            let input = command.input.map { " <\($0.count) bytes" } ?? ""
            let user = command.user.map { " as \($0)" } ?? ""
            let line = ShellQuoting.join(command.arguments)
            logger.debug("\(place)\(user): \(line)\(input): \(ending) after \(Int(nearest: (clock.now - start).inSeconds * 1_000)) ms")
        }
        do {
            let result = try await work()
            log("status \(result.exitStatus), \(result.standardOutput.count) bytes out, \(result.standardError.count) bytes err")
            return result
        } catch {
            log("\(error)")
            throw error
        }
    }
}
