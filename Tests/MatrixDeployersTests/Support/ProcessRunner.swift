import Foundation
import Glibc
import MatrixCore
import Synchronization

/// Runs programs on this machine for tests, in a process group of their own that a cancellation ends.
struct ProcessRunner: Transport {
    func run(_ command: Command, onLine: @Sendable (OutputLine) async -> Void) async throws -> CommandResult {
        let child = try ChildProcess(command)
        let (status, output, error) = await withTaskCancellationHandler {
            async let output = child.read(child.output)
            async let error = child.read(child.error)
            async let written: Void = child.write(command.input ?? [])
            let outputs = await (output, error, written)
            return (await child.wait(), outputs.0, outputs.1)
        } onCancel: {
            kill(-child.pid, SIGTERM)
        }
        for line in String(decoding: output, as: UTF8.self).split(separator: "\n") { await onLine(OutputLine(.standardOutput, String(line))) }
        for line in String(decoding: error, as: UTF8.self).split(separator: "\n") { await onLine(OutputLine(.standardError, String(line))) }
        try Task.checkCancellation()
        return CommandResult(exitStatus: status, standardOutput: output, standardError: error)
    }

    func upload(_ local: String, to remote: String) async throws { try await require(Command(["cp", "-p", local, remote]), "copy") }
    func download(_ remote: String, to local: String) async throws { try await require(Command(["cp", "-R", remote, local]), "copy") }

    func forward(to host: String, port: Int) async throws -> Int {
        throw InfrastructureError("test runner", why: "it forwards nothing", isTransient: false)
    }

    func commandLine(for command: Command) -> String { command.display }
    func close() async {}
}

/// One child of the tests. Every blocking call has a thread of its own: those of tasks are as few as cores.
private struct ChildProcess: Sendable {
    let pid: pid_t
    let input: Int32
    let output: Int32
    let error: Int32

    /// Between a pipe and its mark as closed in other children no child may be made.
    private static let spawning = Mutex(())

    init(_ command: Command) throws {
        self = try Self.spawning.withLock { _ in try Self(spawning: command) }
    }

    private init(spawning command: Command) throws {
        let (stdin, stdout, stderr) = (try Self.pipe(), try Self.pipe(), try Self.pipe())
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        for (end, target) in [(stdin.read, Int32(0)), (stdout.write, 1), (stderr.write, 2)] { posix_spawn_file_actions_adddup2(&actions, end, target) }
        var attributes = posix_spawnattr_t()
        posix_spawnattr_init(&attributes)
        defer { posix_spawnattr_destroy(&attributes) }
        posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETPGROUP))
        let words = ["env"] + (command.directory.map { ["-C", $0] } ?? []) + command.environment.map { "\($0.key)=\($0.value)" } + command.arguments
        let arguments = words.map { strdup($0) } + [nil]
        defer { for argument in arguments { free(argument) } }
        var child: pid_t = 0
        let status = posix_spawn(&child, "/usr/bin/env", &actions, &attributes, arguments, environ)
        for end in [stdin.read, stdout.write, stderr.write] { close(end) }
        guard status == 0 else { throw InfrastructureError("test runner", why: String(cString: strerror(status)), isTransient: false) }
        (pid, input, output, error) = (child, stdin.write, stdout.read, stderr.read)
    }

    /// Closed in other children, so that none keeps another's pipe open.
    private static func pipe() throws -> (read: Int32, write: Int32) {
        var ends: [Int32] = [0, 0]
        guard Glibc.pipe(&ends) == 0 else { throw InfrastructureError("test runner", why: "no pipe", isTransient: false) }
        for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
        return (ends[0], ends[1])
    }

    func read(_ descriptor: Int32) async -> [UInt8] {
        await onThread { Array((try? FileHandle(fileDescriptor: descriptor, closeOnDealloc: true).readToEnd()) ?? Data()) }
    }

    func write(_ bytes: [UInt8]) async {
        await onThread { try? FileHandle(fileDescriptor: input, closeOnDealloc: true).write(contentsOf: Data(bytes)) }
    }

    func wait() async -> Int32 {
        await onThread {
            var status: Int32 = 0
            while waitpid(pid, &status, 0) < 0, errno == EINTR {}
            let signal = status & 0x7f
            return signal == 0 ? status >> 8 & 0xff : 128 + signal
        }
    }

    private func onThread<R: Sendable>(_ work: @escaping @Sendable () -> R) async -> R {
        await withCheckedContinuation { continuation in Thread.detachNewThread { continuation.resume(returning: work()) } }
    }
}
