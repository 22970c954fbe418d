internal import Glibc
internal import MatrixCore

/// The switch of a cell's network: a process that outlives `matrix`, as the guests do.
///
/// Each guest and the gateway connect to its socket (QEMU's `-netdev stream`): four bytes with the length of a frame, the highest first,
/// then the frame.
public struct GuestSwitch {
    private var frames = SwitchedFrames()
    private var ports: [Int32: SwitchPort] = [:]

    /// POSIX_SPAWN_SETSID of spawn.h, which the module map does not show.
    private static let newSession: Int16 = 0x80
    /// The most connections: a cell's hosts, its gateway, and what is about to be closed.
    private static let mostPorts = GuestSubnet.mostHosts + 16

    // MARK: - Starting

    /// Binds the socket in the working folder, and starts the process that serves it, in a session by itself. Returns when a guest can
    /// connect.
    ///
    /// - Parameters:
    ///   - program: this program.
    ///   - arguments: with which the process calls ``serve(_:)`` with descriptor 3.
    /// - Throws: `InfrastructureError`.
    public static func start(_ socket: String, program: String, arguments: [String]) throws {
        let listener = Glibc.socket(AF_UNIX, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue | SOCK_NONBLOCK.rawValue), 0)
        guard listener >= 0 else { throw failure() }
        defer { close(listener) }
        let mask = umask(0o177)
        defer { umask(mask) }
        guard UnixAddress.with(socket, { bind(listener, $0, $1) }) == 0, listen(listener, 64) == 0 else { throw failure() }
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        for descriptor: Int32 in 0...2 { posix_spawn_file_actions_addopen(&actions, descriptor, "/dev/null", O_RDWR, 0) }
        // Above all others first: dup2 of a descriptor to itself would keep its close-on-exec.
        let high = fcntl(listener, F_DUPFD_CLOEXEC, 64)
        guard high >= 0 else { throw failure() }
        defer { close(high) }
        posix_spawn_file_actions_adddup2(&actions, high, 3)
        var attributes = posix_spawnattr_t()
        posix_spawnattr_init(&attributes)
        defer { posix_spawnattr_destroy(&attributes) }
        posix_spawnattr_setflags(&attributes, Self.newSession)
        var words: [UnsafeMutablePointer<CChar>?] = ([program] + arguments).map { strdup($0) } + [nil]
        defer { for word in words { free(word) } }
        // It outlives this process, and needs nothing of its environment, which may hold secrets.
        var variables: [UnsafeMutablePointer<CChar>?] = [nil]
        var process = pid_t()
        let status = posix_spawn(&process, "/proc/self/exe", &actions, &attributes, &words, &variables)
        guard status == 0 else { throw failure(status) }
    }

    private static func failure(_ code: Int32 = errno) -> InfrastructureError {
        InfrastructureError("the switch of a cell's network did not start", why: String(cString: strerror(code)), type: .qemu)
    }

    // MARK: - Serving

    public init() {}

    /// Forwards frames until the process is ended. Its memory is bounded: a port that does not read loses frames, as on a real switch.
    ///
    /// - Parameter listener: the descriptor of the bound socket.
    public mutating func serve(_ listener: Int32) {
        signal(SIGPIPE, SIG_IGN)
        // As the process that started it may be ended by its terminal.
        signal(SIGHUP, SIG_IGN)
        while true {
            let sockets = ports.keys.sorted()
            var polled = [pollfd(fd: listener, events: Int16(POLLIN), revents: 0)]
            for socket in sockets {
                let events = ports[socket]?.isWaiting == true ? POLLIN | POLLOUT : POLLIN
                polled.append(pollfd(fd: socket, events: Int16(events), revents: 0))
            }
            let count = nfds_t(polled.count)
            guard poll(&polled, count, -1) >= 0 || errno == EINTR else { return }
            if polled[0].revents != 0 { accept(at: listener) }
            for entry in polled.dropFirst() where entry.revents != 0 {
                if entry.revents & Int16(POLLOUT) != 0 { ports[entry.fd]?.flush() }
                if entry.revents & Int16(POLLIN | POLLHUP | POLLERR) != 0 { take(from: entry.fd) }
            }
            for (socket, port) in ports where port.isOver { drop(socket) }
        }
    }

    private mutating func accept(at listener: Int32) {
        let socket = Glibc.accept(listener, nil, nil)
        guard socket >= 0 else {
            // Without a free descriptor the loop would spin.
            if errno == EMFILE || errno == ENFILE { usleep(100_000) }
            return
        }
        guard ports.count < Self.mostPorts else {
            close(socket)
            return
        }
        _ = fcntl(socket, F_SETFL, fcntl(socket, F_GETFL) | O_NONBLOCK)
        ports[socket] = SwitchPort(socket)
    }

    private mutating func take(from socket: Int32) {
        guard let received = ports[socket]?.receive() else { return }
        for frame in received {
            for target in frames.targets(of: frame.dropFirst(SwitchPort.lengthBytes), from: socket, among: ports.keys) {
                ports[target]?.send(frame)
            }
        }
    }

    private mutating func drop(_ socket: Int32) {
        ports[socket] = nil
        frames.forget(socket)
        close(socket)
    }
}

/// A connection to the switch.
struct SwitchPort {
    static let lengthBytes = 4
    /// What may wait for a guest that does not read.
    private static let mostWaiting = 4 << 20
    private static let readBytes = 1 << 18

    private let socket: Int32
    private var incoming: [UInt8] = []
    private var outgoing: [UInt8] = []
    /// How much of what goes out first has gone already.
    private var sent = 0
    /// The other side has closed it, or sends no frames.
    private(set) var isOver = false

    init(_ socket: Int32) {
        self.socket = socket
    }

    var isWaiting: Bool { !outgoing.isEmpty }

    /// The whole frames that have come, each with its length in front.
    mutating func receive() -> [ArraySlice<UInt8>] {
        var buffer = [UInt8](repeating: 0, count: Self.readBytes)
        let count = recv(socket, &buffer, buffer.count, 0)
        if count == 0 || count < 0 && errno != EAGAIN && errno != EINTR { isOver = true }
        guard count > 0 else { return [] }
        incoming += buffer[..<count]
        var found: [ArraySlice<UInt8>] = []
        var start = 0
        while incoming.count - start >= Self.lengthBytes {
            let length = incoming[start..<start + Self.lengthBytes].reduce(0) { $0 << 8 | Int($1) }
            guard length <= SwitchedFrames.mostBytes else {
                isOver = true
                break
            }
            let end = start + Self.lengthBytes + length
            guard end <= incoming.count else { break }
            found.append(incoming[start..<end])
            start = end
        }
        incoming.removeSubrange(..<start)
        return found
    }

    /// Sends a frame, whole or not at all.
    mutating func send(_ frame: ArraySlice<UInt8>) {
        guard !isOver, outgoing.count - sent + frame.count <= Self.mostWaiting else { return }
        outgoing += frame
        flush()
    }

    /// Sends what the socket takes.
    mutating func flush() {
        while sent < outgoing.count {
            let count = outgoing[sent...].withUnsafeBytes { Glibc.send(socket, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL)) }
            guard count > 0 else {
                if errno != EAGAIN, errno != EINTR { isOver = true }
                break
            }
            sent += count
        }
        if sent == outgoing.count {
            outgoing.removeAll(keepingCapacity: true)
            sent = 0
        } else if sent > Self.readBytes {
            outgoing.removeSubrange(..<sent)
            sent = 0
        }
    }
}
