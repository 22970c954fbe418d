import Glibc
internal import MatrixCore
internal import Synchronization

/// The one connection to a host: an `ssh -N` process that other clients share through its socket.
final class SSHMaster: Sendable {
    private struct State {
        var lines: [String] = []
        var hasEnded = false
        var work: Task<Void, Never>?
    }

    let commandLine: SSHCommandLine
    private let state = Mutex(State())

    init(_ commandLine: SSHCommandLine) {
        self.commandLine = commandLine
    }

    /// The last lines that the client printed.
    var lines: [String] { state.withLock { $0.lines } }
    /// The failed login, with the command to try by hand.
    var failure: CommandFailure {
        CommandFailure(
            commandLine: commandLine.pasteable([]), outcome: "exit status 255", exitStatus: 255, outputTail: lines.joined(separator: "\n"))
    }
    /// Whether the connection has ended.
    var hasEnded: Bool { state.withLock { $0.hasEnded } }

    /// Starts the client and waits until its socket takes sessions.
    ///
    /// - Returns: the client's complaint, or nil if it is connected.
    func open(within limit: Duration) async throws -> SSHComplaint? {
        start()
        let deadline = ContinuousClock.now + limit
        while !hasEnded {
            // The socket listens before it gets its name.
            if access(commandLine.socket, F_OK) == 0 { return nil }
            guard ContinuousClock.now < deadline else {
                await close()
                return SSHComplaint(.waiting, "SSH accepts connections, then hangs")
            }
            do { try await Task.sleep(for: .milliseconds(10)) } catch {
                await close()
                throw error
            }
        }
        return SSHComplaint(lines)
    }

    /// Ends the connection and everything on it.
    func close() async {
        let work = state.withLock { $0.work }
        work?.cancel()
        await work?.value
        unlink(commandLine.socket)
    }

    private func start() {
        let process = ChildProcess(arguments: commandLine.master, input: .open([]), grace: .seconds(2))
        let work = Task { [self] in
            var errors = OutputCollector(.standardError, limit: 0)
            do {
                _ = try await process.run { chunk in
                    for line in errors.take(chunk.bytes) { note(line.text) }
                    return .more
                }
            } catch is CancellationError {
                note("closed")
            } catch { note("\(error)") }
            if let line = errors.end() { note(line.text) }
            state.withLock { $0.hasEnded = true }
        }
        state.withLock { $0.work = work }
    }

    private func note(_ line: String) {
        let clean = PlainText.clean(line)
        state.withLock { state in
            state.lines = (state.lines + [clean]).suffix(20)
        }
    }
}
