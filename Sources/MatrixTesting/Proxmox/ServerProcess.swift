internal import Foundation
internal import Synchronization

/// A helper program that prints its address on its first line. It ends with this process, or with this object.
///
/// Its output goes to a file: every process started at the same time would inherit the other end of a pipe. For the same reason
/// it is not a Foundation process: Foundation sees the end only when the last process that inherited its socket is gone.
public final class ServerProcess: Sendable {
    private let id: pid_t
    private let output: String
    private let hasEnded = Mutex(false)

    public init(_ program: String, _ arguments: [String]) throws {
        output = try TemporaryFolder.make() + "/output"
        id = try Self.spawn(["python3", "\(FakeProxmox.fixtures)/supervise.py", program] + arguments, output: output)
    }

    /// A child that nobody waits for stays as a zombie. With a zombie, an exit test's monitor never sees the end of the child that it
    /// started.
    deinit {
        // After the wait, another process may have its id.
        guard !hasEnded.withLock(\.self) else { return }
        let id = self.id
        kill(id, SIGTERM)
        Thread.detachNewThread {
            var status: Int32 = 0
            while waitpid(id, &status, 0) < 0, errno == EINTR {}
        }
    }

    /// Asks it to end, and waits at most 30 seconds for the end.
    public func end() async throws {
        kill(id, SIGTERM)
        var status: Int32 = 0
        for _ in 0..<600 {
            if waitpid(id, &status, WNOHANG) != 0 { return hasEnded.withLock { $0 = true } }
            try await Task.sleep(for: .milliseconds(50))
        }
    }

    private static func spawn(_ arguments: [String], output: String) throws -> pid_t {
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0)
        posix_spawn_file_actions_addopen(&actions, 1, output, O_WRONLY | O_CREAT, 0o600)
        // A Ctrl-C on the terminal must reach only this process, which then ends the server cleanly.
        var attributes = posix_spawnattr_t()
        posix_spawnattr_init(&attributes)
        defer { posix_spawnattr_destroy(&attributes) }
        posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETPGROUP))
        let words = arguments.map { strdup($0) } + [nil]
        let variables = ProcessInfo.processInfo.environment.map { strdup("\($0.key)=\($0.value)") } + [nil]
        defer { for text in words + variables { free(text) } }
        var id: pid_t = 0
        let failure = posix_spawnp(&id, arguments[0], &actions, &attributes, words, variables)
        guard failure == 0 else { throw POSIXError(POSIXErrorCode(rawValue: failure) ?? .ENOENT) }
        return id
    }

    /// Every complete line that it printed.
    public var printed: [String] {
        let text = (try? String(contentsOfFile: output, encoding: .utf8)) ?? ""
        return text.components(separatedBy: "\n").dropLast()
    }

    /// Waits for the first line.
    public func firstLine() async throws -> String {
        for _ in 0..<1500 {
            if let line = printed.first { return line }
            try await Task.sleep(for: .milliseconds(20))
        }
        throw CocoaError(.fileReadUnknown)
    }

    /// Runs a program to its end.
    ///
    /// - Returns: its exit status, standard output and standard error.
    public static func run(_ arguments: [String], environment: [String: String] = [:], input: [UInt8]? = nil) async throws -> (
        Int32, String, String
    ) {
        let folder = try TemporaryFolder.make()
        defer { try? FileManager.default.removeItem(atPath: folder) }
        for name in ["in", "out", "err"] { try Data(name == "in" ? input ?? [] : []).write(to: URL(fileURLWithPath: "\(folder)/\(name)")) }
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        process.arguments = arguments
        process.environment = ProcessInfo.processInfo.environment.merging(environment) { _, new in new }
        process.standardInput = FileHandle(forReadingAtPath: "\(folder)/in")
        process.standardOutput = FileHandle(forWritingAtPath: "\(folder)/out")
        process.standardError = FileHandle(forWritingAtPath: "\(folder)/err")
        try process.run()
        // Not waitUntilExit: it would block one of the few threads that tests share.
        while process.isRunning { try await Task.sleep(for: .milliseconds(5)) }
        func text(_ name: String) throws -> String { try String(contentsOfFile: "\(folder)/\(name)", encoding: .utf8) }
        return (process.terminationStatus, try text("out"), try text("err"))
    }
}
