import Foundation
import MatrixCore
import Synchronization

/// Runs programs on this machine for the integration tests; the product's own is another module's.
struct LocalRunner: Transport {
    func run(_ command: Command, onLine: @Sendable (OutputLine) async -> Void) async throws -> CommandResult {
        let running = RunningProcess(command)
        do { try running.start() } catch {
            throw InfrastructureError("\(command.arguments.first ?? "") could not be started", why: "\(error)", isTransient: false)
        }
        let status = try await withTaskCancellationHandler {
            guard let limit = command.timeout else { return await running.status() }
            return try await within(limit, running)
        } onCancel: {
            running.kill()
        }
        try Task.checkCancellation()
        let result = CommandResult(exitStatus: status, standardOutput: running.read("out"), standardError: running.read("err"))
        for line in result.output.split(separator: "\n") { await onLine(OutputLine(.standardOutput, String(line))) }
        for line in result.errorOutput.split(separator: "\n") { await onLine(OutputLine(.standardError, String(line))) }
        return result
    }

    private func within(_ limit: Duration, _ running: RunningProcess) async throws -> Int32 {
        let clock = Task {
            try await Task.sleep(for: limit)
            running.kill()
            return true
        }
        let status = await running.status()
        clock.cancel()
        if (try? await clock.value) ?? false { throw InfrastructureError("the command did not end", why: "no answer in \(limit.brief)") }
        return status
    }

    func upload(_ local: String, to remote: String) async throws {}
    func download(_ remote: String, to local: String) async throws {}
    func forward(to host: String, port: Int) async throws -> Int { port }
    func commandLine(for command: Command) -> String { command.display }
    func close() async {}
}

/// One program with its output in files, so that nothing blocks while it is read.
///
/// Not by Foundation's `Process`: that takes a program for running as long as a daemon of its (aardvark-dns) has its socket.
private final class RunningProcess: Sendable {
    private let command: Command
    private let folder = NSTemporaryDirectory() + "runner-\(UUID().uuidString)"
    private let pid = Mutex<pid_t>(0)

    init(_ command: Command) {
        self.command = command
    }

    deinit { try? FileManager.default.removeItem(atPath: folder) }

    func start() throws {
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        try Data(command.input ?? []).write(to: URL(filePath: "\(folder)/in"))
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        posix_spawn_file_actions_addopen(&actions, 0, "\(folder)/in", O_RDONLY, 0)
        posix_spawn_file_actions_addopen(&actions, 1, "\(folder)/out", O_WRONLY | O_CREAT, 0o600)
        posix_spawn_file_actions_addopen(&actions, 2, "\(folder)/err", O_WRONLY | O_CREAT, 0o600)
        var words = (["/usr/bin/env", "--"] + command.arguments).map { strdup($0) } + [nil]
        defer { for word in words { free(word) } }
        var child = pid_t()
        let failure = posix_spawn(&child, "/usr/bin/env", &actions, nil, &words, environ)
        guard failure == 0 else { throw POSIXError(POSIXErrorCode(rawValue: failure) ?? .EIO) }
        pid.withLock { $0 = child }
    }

    func status() async -> Int32 {
        let child = pid.withLock { $0 }
        return await withCheckedContinuation { continuation in
            Thread {
                var status: Int32 = 0
                while waitpid(child, &status, 0) < 0, errno == EINTR {}
                self.pid.withLock { $0 = 0 }
                let signal = status & 0x7f
                continuation.resume(returning: signal == 0 ? (status >> 8) & 0xff : 128 + signal)
            }.start()
        }
    }

    func kill() {
        pid.withLock { pid in if pid > 0 { _ = Foundation.kill(pid, SIGKILL) } }
    }

    func read(_ name: String) -> [UInt8] { FileManager.default.contents(atPath: "\(folder)/\(name)").map(Array.init) ?? [] }
}
