import Glibc
internal import MatrixCore

/// Finds unused TCP ports of this machine.
package enum FreePort {
    /// A port that is free on 127.0.0.1 at this moment.
    package static func find() throws -> Int {
        let (socket, port) = try bound()
        Glibc.close(socket)
        return port
    }

    /// So many ports that are free on 127.0.0.1 at this moment, all different.
    package static func find(_ count: Int) throws -> [Int] {
        var sockets: [Int32] = []
        defer { for socket in sockets { Glibc.close(socket) } }
        return try (0..<count).map { _ in
            let (socket, port) = try bound()
            sockets.append(socket)
            return port
        }
    }

    /// A socket at a free port of 127.0.0.1 that does not block.
    static func bound() throws -> (socket: Int32, port: Int) {
        let socket = Glibc.socket(AF_INET, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue | SOCK_NONBLOCK.rawValue), 0)
        guard socket >= 0 else { throw failure() }
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = UInt32(0x7f00_0001).bigEndian
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        let status = withUnsafeMutablePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { generic in
                bind(socket, generic, length) == 0 ? getsockname(socket, generic, &length) : -1
            }
        }
        guard status == 0 else {
            defer { Glibc.close(socket) }
            throw failure()
        }
        return (socket, Int(UInt16(bigEndian: address.sin_port)))
    }

    private static func failure() -> InfrastructureError {
        InfrastructureError("finding a free port on 127.0.0.1", why: String(cString: strerror(errno)), type: .sshForward)
    }
}
