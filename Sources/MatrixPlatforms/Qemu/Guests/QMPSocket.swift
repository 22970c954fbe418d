internal import Foundation
internal import Glibc
internal import MatrixCore

/// One question to a QEMU (qemu-qmp-ref(7)).
enum QMPSocket {
    static let file = "qmp.sock"
    private static let mostBytes = 1 << 20

    /// - Parameter folder: that of the socket, absolute.
    /// - Throws: `InfrastructureError` if nobody answers, or what answers is no QEMU.
    static func ask(_ command: QMPCommand, of folder: String, within limit: Duration) async throws -> Value {
        let line = try SocketLine(folder: folder, file: file)
        defer { line.close() }
        return try await withDeadline(limit) {
            // The greeting comes first, and events may come at any time.
            _ = try await answer(from: line, "QMP")
            try await line.write("{\"execute\":\"qmp_capabilities\"}\n")
            _ = try await answer(from: line, "return")
            try await line.write("{\"execute\":\"\(command.rawValue)\"}\n")
            return try await answer(from: line, "return")
        }
    }

    private static func answer(from line: SocketLine, _ key: String) async throws -> Value {
        var read = 0
        while let text = try await line.read() {
            read += text.utf8.count
            guard read < mostBytes, let value = Value(json: text) else { break }
            if let found = value[key] { return found }
            if let problem = value["error"]?["desc"]?.string { throw failure(PlainText.clipped(PlainText.clean(problem), to: 300)) }
        }
        throw failure("what answers at its socket is no QEMU, or it ended")
    }

    static func failure(_ why: String) -> InfrastructureError { InfrastructureError("asking QEMU", why: why, type: .qemu) }
}

/// A stream of lines over a Unix socket, without a thread that waits.
final class SocketLine: Sendable {
    private let socket: Int32

    /// Connects to a socket in a folder. A path of a socket has at most 107 bytes: the folder is reached by its descriptor.
    init(folder: String, file: String) throws {
        let place = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard place >= 0 else { throw QMPSocket.failure(String(cString: strerror(errno))) }
        defer { Glibc.close(place) }
        let made = Glibc.socket(AF_UNIX, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue | SOCK_NONBLOCK.rawValue), 0)
        guard made >= 0 else { throw QMPSocket.failure(String(cString: strerror(errno))) }
        let status = UnixAddress.with("/proc/self/fd/\(place)/\(file)") { connect(made, $0, $1) }
        guard status == 0 else {
            let why = String(cString: strerror(errno))
            Glibc.close(made)
            throw QMPSocket.failure(why)
        }
        socket = made
    }

    /// Of one task at a time.
    private nonisolated(unsafe) var pending: [UInt8] = []

    func close() { Glibc.close(socket) }

    func write(_ text: String) async throws {
        var rest = Array(text.utf8)[...]
        while !rest.isEmpty {
            let count = rest.withUnsafeBytes { send(socket, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL)) }
            if count > 0 { rest = rest.dropFirst(count) } else { try await pause() }
        }
    }

    /// The next line; nil at the end.
    func read() async throws -> String? {
        while true {
            if let end = pending.firstIndex(of: UInt8(ascii: "\n")) {
                defer { pending.removeSubrange(...end) }
                return String(decoding: pending[..<end], as: UTF8.self)
            }
            var buffer = [UInt8](repeating: 0, count: 4096)
            let count = recv(socket, &buffer, buffer.count, 0)
            if count == 0 || pending.count > 1 << 20 { return nil }
            if count > 0 { pending += buffer[..<count] } else { try await pause() }
        }
    }

    private func pause() async throws {
        guard errno == EAGAIN || errno == EINTR else { throw QMPSocket.failure(String(cString: strerror(errno))) }
        try await Task.sleep(for: .milliseconds(10))
    }
}

/// Addresses of Unix sockets.
enum UnixAddress {
    /// Calls `body` with the address of a path of at most 107 bytes.
    static func with<R>(_ path: String, _ body: (UnsafePointer<sockaddr>, socklen_t) -> R) -> R {
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        withUnsafeMutableBytes(of: &address.sun_path) { bytes in
            bytes.copyBytes(from: path.utf8.prefix(bytes.count - 1))
        }
        return withUnsafePointer(to: address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { body($0, socklen_t(MemoryLayout<sockaddr_un>.size)) }
        }
    }
}

/// Whether an SSH server answers: the gateway accepts a connection before its guest does.
enum SSHBanner {
    private static let limit = Duration.seconds(3)

    static func isShown(at port: Int) async -> Bool {
        (try? await withDeadline(limit) { try await read(at: port) }) ?? false
    }

    private static func read(at port: Int) async throws -> Bool {
        let socket = Glibc.socket(AF_INET, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue | SOCK_NONBLOCK.rawValue), 0)
        guard socket >= 0 else { return false }
        defer { close(socket) }
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = UInt16(truncatingIfNeeded: port).bigEndian
        address.sin_addr.s_addr = UInt32(0x7f00_0001).bigEndian
        let status = withUnsafePointer(to: address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { connect(socket, $0, socklen_t(MemoryLayout<sockaddr_in>.size)) }
        }
        guard status == 0 || errno == EINPROGRESS else { return false }
        let wanted = Array("SSH-".utf8)
        var read: [UInt8] = []
        while read.count < wanted.count {
            var buffer = [UInt8](repeating: 0, count: wanted.count - read.count)
            let count = recv(socket, &buffer, buffer.count, 0)
            if count > 0 {
                read += buffer[..<count]
            } else if count < 0, errno == EAGAIN || errno == EINTR || errno == ENOTCONN {
                try await Task.sleep(for: .milliseconds(20))
            } else {
                return false
            }
        }
        return read == wanted
    }
}
