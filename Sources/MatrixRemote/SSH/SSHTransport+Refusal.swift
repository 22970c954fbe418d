import Glibc
internal import MatrixCore

extension SSHTransport {
    private static let limit = Duration.seconds(30)

    /// Whether a program of the host reaches the target, and a forward does not.
    ///
    /// No message of the client tells a refused forward from a target that refuses the connection, and sshd may allow some targets
    /// only (`PermitOpen`).
    func refusesForwards(to host: String, port: Int) async -> Bool {
        guard let program = try? await relayProgram(to: host, port), let relay = try? openRelay(to: host, port, by: program) else {
            return await refusesForwardsToItself()
        }
        let isThere = await Self.staysOpen(at: relay.port)
        await relay.close()
        guard isThere, let forward = try? await forward(to: host, port: port) else { return false }
        let isReached = await Self.staysOpen(at: forward)
        return !isReached && !master.hasEnded
    }

    /// Whether a connection to a port of 127.0.0.1 is not closed before anything comes from it.
    private static func staysOpen(at port: Int) async -> Bool {
        let connection = Glibc.socket(AF_INET, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
        guard connection >= 0 else { return false }
        defer { Glibc.close(connection) }
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = UInt16(clamping: port).bigEndian
        address.sin_addr.s_addr = UInt32(0x7f00_0001).bigEndian
        let isConnected = withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                connect(connection, $0, socklen_t(MemoryLayout<sockaddr_in>.size)) == 0
            }
        }
        _ = fcntl(connection, F_SETFL, O_NONBLOCK)
        let deadline = ContinuousClock.now + .seconds(3)
        while isConnected, ContinuousClock.now < deadline {
            var byte: UInt8 = 0
            let count = read(connection, &byte, 1)
            if count > 0 { return true }
            if count == 0 || errno != EAGAIN && errno != EINTR { return false }
            do { try await Task.sleep(for: .milliseconds(20)) } catch { return false }
        }
        return isConnected
    }

    /// Connects through a forward to the sshd that serves this connection: if that is closed at once, the host refuses forwards.
    private func refusesForwardsToItself() async -> Bool {
        guard let server = try? await serverAddress(), let port = try? await forward(to: server.address, port: server.port) else {
            return false
        }
        let isReached = await Self.reachesSSH(at: port)
        return !isReached && !master.hasEnded
    }

    /// Whether an sshd answers at a port of 127.0.0.1.
    static func reachesSSH(at port: Int) async -> Bool {
        // An sshd with many logins at once drops some.
        for _ in 1...3 {
            let scan = Command(["ssh-keyscan", "-T", "10", "-t", "ed25519", "-p", "\(port)", "127.0.0.1"], timeout: limit)
            guard let result = try? await LocalTransport().run(scan) else { return false }
            if result.succeeded || result.errorOutput.contains(" SSH-") { return true }
        }
        return false
    }

    /// Where the host's sshd took this connection; nil if it does not say.
    func serverAddress() async throws -> (address: String, port: Int)? {
        let answer = try await run(Command(["sh", "-c", #"printf %s "$SSH_CONNECTION""#], timeout: Self.limit)).output
        let words = answer.split(separator: " ")
        guard words.count == 4, let port = Int(words[3]), (1...65535).contains(port) else { return nil }
        return (String(words[2]), port)
    }
}
