import Glibc
import MatrixCore
internal import Synchronization

/// Runs commands and moves files on one host, over one OpenSSH connection.
///
/// A connection that is lost stays lost: every later call fails with the reason, and the caller decides on a new one.
final class SSHTransport: Transport {
    let master: SSHMaster
    let facts: HostFacts?
    /// sshd takes ten sessions on a connection (`MaxSessions`) and refuses the rest.
    let sessions = AsyncSemaphore(8)
    /// Ports that stand in for forwards.
    let relays = Mutex<[RelayPort]>([])
    /// The program of the host that can relay; nil if that is not known yet.
    let provenRelay = Mutex<String?>(nil)
    private let forwards = Mutex<[String: Task<Int, any Error>]>([:])

    init(_ master: SSHMaster, facts: HostFacts? = nil) {
        self.master = master
        self.facts = facts
    }

    var isOpen: Bool { !master.hasEnded }

    var endpoint: Endpoint { master.commandLine.endpoint }

    func run(_ command: Command, onLine: @Sendable (OutputLine) async -> Void) async throws -> CommandResult {
        try CommandValidator.examine(command)
        return try await CommandLog.logged(command, on: endpoint.alias) { try await result(of: command, onLine: onLine) }
    }

    private func result(of command: Command, onLine: @Sendable (OutputLine) async -> Void) async throws -> CommandResult {
        let line = commandLine(for: command)
        switch try await ending(of: command, onLine: onLine) {
        case .finished(let result): return result
        case .lost(_, let output):
            throw lost(commandLine: line, output)
        case .notStarted(let status, let output):
            if status == 255 || master.hasEnded { throw lost(commandLine: line, output) }
            let failure = CommandFailure(
                commandLine: line, outcome: "exit status \(status)", exitStatus: status, outputTail: output.joined(separator: "\n"))
            let user = command.user ?? endpoint.user
            let what = "running a command as \(user) on \(endpoint.alias)"
            if output == [ShellSession.noRoom] {
                throw InfrastructureError(what, why: ShellSession.noRoom, next: "free space there", isTransient: false, command: failure)
            }
            let refusal = user == endpoint.user ? nil : SudoRefusal(failure.outputTail, user: endpoint.user)
            throw InfrastructureError(
                what, why: refusal.map { "\(endpoint.user) \($0.why)" } ?? failure.lastLine, next: refusal?.next ?? accountHint(user),
                type: .commandAccount, isTransient: false, command: failure)
        }
    }

    func commandLine(for command: Command) -> String {
        var words =
            command.environment.isEmpty ? [] : ["env"] + command.environment.sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value)" }
        words += command.arguments
        if let directory = command.directory {
            words = ["sh", "-c", "cd \(ShellQuoting.quote(directory)) && exec \(ShellQuoting.join(words))"]
        }
        if let user = command.user, user != endpoint.user {
            words =
                endpoint.user == "root"
                ? ["su", "-s", "/bin/sh", user, "-c", ShellQuoting.join(words)] : ["sudo", "-n", "-H", "-u", user] + words
        }
        return master.commandLine.pasteable(words)
    }

    func forward(to host: String, port: Int) async throws -> Int {
        let target = "\(host.contains(":") ? "[\(host)]" : host):\(port)"
        let task = forwards.withLock { forwards in
            if let open = forwards[target] { return open }
            let new = Task { try await self.openForward(to: target) }
            forwards[target] = new
            return new
        }
        do {
            return try await task.value
        } catch {
            forwards.withLock { $0[target] = nil }
            throw error
        }
    }

    func close() async {
        for relay in relays.withLock({ relays in
            defer { relays = [] }
            return relays
        }) { await relay.close() }
        await master.close()
        forwards.withLock { $0 = [:] }
    }

    /// Runs a session of the master that reads its input as it comes: for files of any size.
    func transfer(_ words: [String], input: ChildProcess.Input) async throws -> CommandResult {
        let command = Command(words)
        let process = ChildProcess(arguments: master.commandLine.session(words), input: input)
        return try await CommandLog.logged(command, on: endpoint.alias) {
            try await sessions.withPermit {
                var text = OutputCollector(.standardOutput, limit: 1 << 16)
                var errors = OutputCollector(.standardError, limit: 1 << 16)
                let status = try await launched(command) {
                    try await process.run { chunk in
                        _ = chunk.stream == .standardOutput ? text.take(chunk.bytes) : errors.take(chunk.bytes)
                        return .more
                    }
                }
                let result = CommandResult(exitStatus: status, standardOutput: text.kept, standardError: errors.kept)
                if status == 255 { throw lost(commandLine: commandLine(for: command), [result.errorOutput]) }
                return result
            }
        }
    }

    private func ending(of command: Command, onLine: @Sendable (OutputLine) async -> Void) async throws -> ShellSession.Ending {
        for attempt in 1...20 {
            let ending = try await sessions.withPermit {
                let shell = ShellSession(command, login: endpoint.user)
                let process = ChildProcess(
                    arguments: master.commandLine.session(shell.launcher), input: .open(shell.input), stop: .closingInput)
                return try await launched(command) { try await shell.run(process, onLine: onLine) }
            }
            guard case .notStarted(255, let output) = ending, output.contains(where: { $0.contains("Session open refused") }),
                !master.hasEnded
            else {
                return ending
            }
            // The host allows fewer sessions than OpenSSH's default: nothing of the command has run.
            sessions.shrink()
            try await Task.sleep(for: Backoff().pause(before: attempt))
        }
        return .notStarted(status: 1, output: ["the host refuses sessions on the connection (MaxSessions in its sshd_config)"])
    }

    private func launched<R>(_ command: Command, _ work: () async throws -> R) async throws -> R {
        try await LaunchFailure.explained(command, by: Command(["ssh"]), commandLine: commandLine(for: command), work)
    }

    private func lost(commandLine: String, _ output: [String]) -> InfrastructureError {
        let said = (output + master.lines).filter {
            !$0.isEmpty && !$0.contains("kex_exchange_identification") && !$0.contains("Connection closed by UNKNOWN")
        }
        return InfrastructureError(
            "the SSH connection to \(endpoint.alias) was lost", why: said.last ?? "it was closed while the command ran",
            next: "the host may have rebooted or lost its network; see its console", type: .sshLost,
            command: CommandFailure(
                commandLine: commandLine, outcome: "its end was not seen", exitStatus: nil, outputTail: said.joined(separator: "\n")))
    }

    private func accountHint(_ user: String) -> String? {
        if user == endpoint.user { return "the account's login shell must accept POSIX commands" }
        return endpoint.user == "root"
            ? "the account \(user) must exist on the host" : "let \(endpoint.user) use sudo without a password on the host"
    }

    private func openForward(to target: String) async throws -> Int {
        var tail: [String] = []
        // The free port may be taken by another before it is used.
        for _ in 1...5 {
            let port = try FreePort.find()
            let request = master.commandLine.request("forward", ["-L", "127.0.0.1:\(port):\(target)"])
            let result = try await LocalTransport().run(Command(request, timeout: .seconds(30)))
            if result.succeeded { return port }
            tail = result.errorOutput.split(whereSeparator: \.isNewline).map(String.init)
            if master.hasEnded { throw lost(commandLine: ShellQuoting.join(request), tail) }
        }
        throw InfrastructureError(
            "forwarding to \(target) over \(endpoint.alias)", why: tail.last ?? "the connection refuses it",
            next: "AllowTcpForwarding must be on in the host's sshd_config", type: .sshForward, isTransient: false)
    }
}
