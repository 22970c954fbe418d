import Foundation
import Glibc
import MatrixCore
import Synchronization

/// A program run to its end, or until it is stopped, its input and outputs over pipes.
///
/// Foundation's `Process` takes a program for running as long as any orphan of it lives; some of these tests leave orphans on purpose.
struct ChildProcess {
    struct NotStarted: Error {
        var code: Int32
    }

    /// Another child that starts between a pipe's creation and its mark would inherit it and keep it open.
    private static let starting = Mutex(())

    let id: pid_t
    private let input: Int32
    private let output: Int32
    private let error: Int32

    /// Starts a program.
    init(_ arguments: [String]) throws {
        let (id, input, output, error) = try Self.starting.withLock { _ in
            let (input, output, error) = (try Self.pipe(), try Self.pipe(), try Self.pipe())
            defer { for end in [input.read, output.write, error.write] { close(end) } }
            return (try Self.spawn(arguments, [input.read, output.write, error.write]), input.write, output.read, error.read)
        }
        (self.id, self.input, self.output, self.error) = (id, input, output, error)
    }

    /// Runs it to its end.
    func finish(input bytes: [UInt8], limit: Int) -> CommandResult {
        let group = DispatchGroup()
        let errors = Mutex<[UInt8]>([])
        DispatchQueue.global().async(group: group) {
            let bytes = Self.readAll(error)
            errors.withLock { $0 = bytes }
        }
        DispatchQueue.global().async(group: group) { Self.write(bytes, to: input) }
        let bytes = Self.readAll(output)
        group.wait()
        let status = wait()
        let signal = status & 0x7f
        return CommandResult(
            exitStatus: signal == 0 ? status >> 8 & 0xff : 128 + signal, standardOutput: Array(bytes.prefix(limit)),
            standardError: Array(errors.withLock { $0 }.prefix(limit)), isTruncated: bytes.count > limit)
    }

    /// The first line that it prints.
    func firstLine() -> String {
        var line: [UInt8] = []
        var byte: UInt8 = 0
        while Glibc.read(output, &byte, 1) == 1, byte != UInt8(ascii: "\n") { line.append(byte) }
        return String(decoding: line, as: UTF8.self)
    }

    /// Ends it.
    func stop() {
        kill(id, SIGKILL)
        _ = wait()
        for end in [input, output, error] { close(end) }
    }

    private func wait() -> Int32 {
        var status: Int32 = 0
        while waitpid(id, &status, 0) < 0, errno == EINTR {}
        return status
    }

    private static func pipe() throws -> (read: Int32, write: Int32) {
        var ends: [Int32] = [0, 0]
        guard Glibc.pipe(&ends) == 0 else { throw NotStarted(code: errno) }
        for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
        return (ends[0], ends[1])
    }

    private static func spawn(_ arguments: [String], _ descriptors: [Int32]) throws -> pid_t {
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        for (target, source) in descriptors.enumerated() { posix_spawn_file_actions_adddup2(&actions, source, Int32(target)) }
        var words = arguments.map { strdup($0) } + [nil]
        defer { for word in words { free(word) } }
        var id: pid_t = 0
        let code = posix_spawnp(&id, arguments[0], &actions, nil, &words, environ)
        guard code == 0 else { throw NotStarted(code: code) }
        return id
    }

    private static func readAll(_ descriptor: Int32) -> [UInt8] {
        defer { close(descriptor) }
        var bytes: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 1 << 16)
        while true {
            let count = read(descriptor, &buffer, buffer.count)
            if count > 0 { bytes += buffer[..<count] } else if count == 0 || errno != EINTR { return bytes }
        }
    }

    private static func write(_ bytes: [UInt8], to descriptor: Int32) {
        defer { close(descriptor) }
        var rest = bytes[...]
        while !rest.isEmpty {
            let count = rest.withUnsafeBytes { Glibc.write(descriptor, $0.baseAddress, $0.count) }
            if count < 0 { return }
            rest = rest.dropFirst(count)
        }
    }
}
