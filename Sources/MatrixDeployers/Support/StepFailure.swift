internal import MatrixCore

/// Makes errors of programs fit to be shown: with the step's own command line and without secrets.
enum StepFailure {
    /// The same error with secrets hidden; its command line is replaced, as a child's environment may hold secrets.
    static func cleaned(_ error: any Error, commandLine: String, redactor: Redactor) -> any Error {
        guard var failure = error as? InfrastructureError else { return error }
        failure.what = redactor.redact(failure.what)
        failure.why = redactor.redact(failure.why)
        failure.next = failure.next.map(redactor.redact)
        failure.command?.commandLine = commandLine
        if let tail = failure.command?.outputTail { failure.command?.outputTail = redactor.redact(tail) }
        return failure
    }

    /// The record of a program that ended badly.
    static func command(_ commandLine: String, _ result: CommandResult, tail: OutputTail, redactor: Redactor) -> CommandFailure {
        let status = result.exitStatus
        return CommandFailure(
            commandLine: redactor.redact(commandLine), outcome: status > 128 ? "killed by signal \(status - 128)" : "exit status \(status)",
            exitStatus: status, outputTail: redactor.redact(tail.text))
    }
}
