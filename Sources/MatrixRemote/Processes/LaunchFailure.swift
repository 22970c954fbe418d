import Glibc
internal import MatrixCore
internal import Subprocess

/// Says why a program was not started, and what to do.
enum LaunchFailure {
    /// Runs `work`, and says why its process was not started, or that it exceeded its timeout.
    ///
    /// - Parameter starter: the program that is started instead of the command's, on its behalf.
    static func explained<R>(
        _ command: Command, by starter: Command? = nil, commandLine: @autoclosure () -> String, _ work: () async throws -> R
    ) async throws -> R {
        do { return try await work() } catch let error as SubprocessError {
            throw explain(error, of: starter ?? command, commandLine: commandLine())
        } catch is ChildProcess.TimedOut {
            let limit = command.timeout?.brief ?? "its time"
            throw InfrastructureError(
                "running \(command.arguments.first ?? "a command")", why: "it did not end within \(limit) and was stopped",
                next: "give it a longer timeout, or see why it hangs", type: .commandTimeout,
                command: CommandFailure(commandLine: commandLine(), outcome: "stopped after \(limit)", exitStatus: nil, outputTail: ""))
        }
    }

    private static func explain(_ error: SubprocessError, of command: Command, commandLine: String) -> InfrastructureError {
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

/// Which package brings a program that was not found, for the next step of the message.
public enum RequiredProgram {
    private static let packages: [String: (debian: String, redHat: String)] = [
        "ssh": ("openssh-client", "openssh-clients"), "ssh-keygen": ("openssh-client", "openssh-clients"),
        "scp": ("openssh-client", "openssh-clients"),
        "podman": ("podman", "podman"), "ansible-playbook": ("ansible-core", "ansible-core"),
        "ansible-vault": ("ansible-core", "ansible-core"),
        "ansible-galaxy": ("ansible-core", "ansible-core"), "ansible-inventory": ("ansible-core", "ansible-core"),
        "mmdebstrap": ("mmdebstrap", "mmdebstrap"),
        "git": ("git", "git"), "curl": ("curl", "curl"), "tar": ("tar", "tar"), "sudo": ("sudo", "sudo"),
        "su": ("util-linux", "util-linux"),
        "kubectl": ("kubernetes-client", "kubernetes-client"), "helm": ("helm", "helm"), "qemu-img": ("qemu-utils", "qemu-img"),
        "pass": ("pass", "pass"),
        "python3": ("python3", "python3"), "rpm": ("rpm", "rpm"), "dnf": ("dnf", "dnf"), "createrepo_c": ("createrepo-c", "createrepo_c"),
    ]

    /// What to do about a missing program.
    public static func installation(of program: String) -> String {
        let name = program.split(separator: "/").last.map(String.init) ?? program
        guard let package = packages[name] else { return "install it, or correct its name or PATH" }
        return "install it: apt install \(package.debian), or dnf install \(package.redHat)"
    }
}
