internal import Foundation
import Glibc
public import MatrixCore
internal import SystemPackage

/// Runs programs on this machine, each in its own session.
///
/// On cancellation or timeout the whole process group gets SIGTERM and, five seconds later, SIGKILL.
public struct LocalTransport: Transport {
    /// The folder of the Ansible programs; nil if the `PATH` decides. A command that sets `PATH` decides itself.
    public let ansible: String?
    private let links = PlainLinks()

    public init(ansible: String? = nil) {
        self.ansible = ansible
    }

    public func run(_ command: Command, onLine: @Sendable (OutputLine) async -> Void) async throws -> CommandResult {
        try CommandValidator.examine(command)
        let command = placed(command)
        return try await CommandLog.logged(command, on: "this machine") { try await ending(of: command, onLine: onLine) }
    }

    private func ending(of command: Command, onLine: @Sendable (OutputLine) async -> Void) async throws -> CommandResult {
        if let user = command.user, user != account { return try await run(command, as: user, onLine: onLine) }
        let file = try command.outputFile.map { try OutputFile($0) }
        var output = OutputCollector(.standardOutput, limit: command.outputLimit, file: file)
        var errors = OutputCollector(.standardError, limit: command.errorLimit)
        let status = try await started(command) { process in
            try await process.run(timeout: command.timeout) { chunk in
                let lines = chunk.stream == .standardOutput ? output.take(chunk.bytes) : errors.take(chunk.bytes)
                for line in lines { await onLine(line) }
                return output.failure == nil ? .more : .enough
            }
        }
        if let failure = output.failure { throw failure }
        for line in [output.end(), errors.end()].compactMap(\.self) { await onLine(line) }
        return CommandResult(
            exitStatus: status, standardOutput: output.kept, standardError: errors.kept,
            isTruncated: output.isTruncated || errors.isTruncated)
    }

    /// Copies a file with its mode; the copy appears at once.
    public func upload(_ local: String, to remote: String) async throws {
        try await require(Command(["cp", "-p", "--", local, remote]), "copying \(local) to \(remote)")
    }

    /// Copies a file or a folder.
    public func download(_ remote: String, to local: String) async throws {
        try await require(Command(["cp", "-rp", "--no-target-directory", "--", remote, local]), "copying \(remote) to \(local)")
    }

    /// The port itself: this machine needs no forward to it.
    /// - Throws: `InfrastructureError` for a port of another machine: this machine reaches it at its own address.
    public func forward(to host: String, port: Int) async throws -> Int {
        guard ["127.0.0.1", "localhost", "::1"].contains(host) else {
            throw InfrastructureError(
                "forwarding to \(host):\(port)", why: "this machine reaches \(host) without a forward", next: "use \(host):\(port) itself",
                isTransient: false)
        }
        return port
    }

    public func commandLine(for command: Command) -> String {
        let directory = command.directory.map { "cd \(ShellQuoting.quote($0)) && " } ?? ""
        let user = command.user.flatMap { $0 == account ? nil : "sudo -n -H -u \(ShellQuoting.quote($0)) " } ?? ""
        return directory + user + (user.isEmpty || command.environment.isEmpty ? "" : "env ") + placed(command).display
    }

    public func close() async {}

    /// With the place of an Ansible program.
    private func placed(_ command: Command) -> Command {
        guard let ansible, command.user == nil, command.environment["PATH"] == nil, let program = command.arguments.first,
            program.wholeMatch(of: /ansible(-[a-z]+)?/) != nil, SearchPath.file(of: program, in: ansible) != nil
        else { return command }
        var command = command
        command.arguments[0] = "\(ansible)/\(program)"
        return command
    }

    /// Other programs find Ansible at the end of their `PATH`: in front, the Python of its environment would hide the system's.
    func environment(of command: Command) -> [String: String] {
        guard let ansible, command.environment["PATH"] == nil else { return command.environment }
        let place = (try? links.path(to: ansible)) ?? ansible
        let path = [ProcessInfo.processInfo.environment["PATH"], place].compactMap(\.self).joined(separator: ":")
        return command.environment.merging(["PATH": path]) { $1 }
    }

    private func run(_ command: Command, as user: String, onLine: @Sendable (OutputLine) async -> Void) async throws -> CommandResult {
        let shell = ShellSession(command, login: account)
        let ending = try await started(command) { process in
            var process = process
            process.arguments = shell.launcher
            process.environment = [:]
            process.directory = nil
            process.input = .open(shell.input)
            process.stop = .closingInput
            return try await shell.run(process, onLine: onLine)
        }
        switch ending {
        case .finished(let result): return result
        case .notStarted(let status, let output), .lost(let status, let output):
            throw InfrastructureError(
                "running a command as \(user)", why: output.last ?? "the shell ended with status \(status)",
                next: "allow it: \(account) must be root, or be able to use sudo without a password", type: .commandAccount,
                isTransient: false)
        }
    }

    private func started<R>(_ command: Command, _ work: (ChildProcess) async throws -> R) async throws -> R {
        try await LaunchFailure.explained(command, commandLine: commandLine(for: command)) {
            var process = ChildProcess(arguments: command.arguments, environment: environment(of: command), directory: command.directory)
            process.seesSecrets = command.seesSecrets
            process.unset = command.unset
            if let input = command.input { process.input = .bytes(input) }
            return try await work(process)
        }
    }
}

/// The account that this program runs as.
private let account: String = {
    guard let entry = getpwuid(geteuid()), let name = entry.pointee.pw_name else { return "\(geteuid())" }
    return String(cString: name)
}()
