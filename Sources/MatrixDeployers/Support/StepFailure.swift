internal import MatrixCore

/// Prepares errors of programs for display: with the step's command line.
enum StepFailure {
    /// The same error with the command line to paste: the original holds a child's environment, which may hold secrets.
    static func of(_ error: any Error, commandLine: String) -> any Error {
        guard var failure = error as? InfrastructureError else { return error }
        failure.command?.commandLine = commandLine
        return failure
    }

    /// The record of a command that a transport ran and that failed. Its tail is redacted before anybody takes the last line.
    static func of(_ command: Command, _ result: CommandResult, on transport: any Transport, in context: CellContext) -> CommandFailure {
        var failure = transport.failure(of: command, result)
        failure.outputTail = context.withoutSecrets(failure.outputTail)
        return failure
    }

    /// The record of a program that failed.
    static func command(_ commandLine: String, _ result: CommandResult, tail: OutputTail) -> CommandFailure {
        let status = result.exitStatus
        return CommandFailure(
            commandLine: commandLine, outcome: status > 128 ? "killed by signal \(status - 128)" : "exit status \(status)",
            exitStatus: status, outputTail: tail.text)
    }
}
