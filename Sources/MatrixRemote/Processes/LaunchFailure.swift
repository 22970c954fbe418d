import Glibc
internal import MatrixCore
internal import Subprocess

/// Says why a program was not started, and what to do.
enum LaunchFailure {
    static func explain(_ error: SubprocessError, of command: Command, commandLine: String) -> InfrastructureError {
        let program = command.arguments.first ?? ""
        let failure = { (outcome: String) in
            CommandFailure(commandLine: commandLine, outcome: "not started: \(outcome)", exitStatus: nil, outputTail: "")
        }
        if let directory = command.directory, access(directory, X_OK) != 0 {
            let why = "the working folder \(directory) \(access(directory, F_OK) == 0 ? "cannot be entered" : "does not exist")"
            return InfrastructureError(
                "running \(program)", why: why, next: "create it or correct the path", type: .commandDirectory, isTransient: false,
                command: failure("no such folder"))
        }
        switch error.code {
        case .executableNotFound:
            let why =
                program.contains("/") && access(program, F_OK) == 0
                ? "\(program) cannot be executed" : "\(program) was not found on this machine"
            return InfrastructureError(
                "running \(program)", why: why, next: RequiredProgram.installation(of: program), type: .commandMissing, isTransient: false,
                command: failure("no such program"))
        default:
            let why = error.underlyingError.map { "\($0)" } ?? "the process could not be started or followed"
            return InfrastructureError("running \(program)", why: why, type: .commandLaunch, command: failure(why))
        }
    }
}

extension InfrastructureError {
    /// A command that exceeded its timeout.
    static func timeout(of command: Command, commandLine: String) -> InfrastructureError {
        let limit = command.timeout?.brief ?? "its time"
        return InfrastructureError(
            "running \(command.arguments.first ?? "a command")", why: "not done after \(limit); it was ended",
            next: "give it a longer timeout, or see why it hangs",
            type: .commandTimeout,
            command: CommandFailure(commandLine: commandLine, outcome: "ended after \(limit)", exitStatus: nil, outputTail: ""))
    }
}
