internal import MatrixCore

extension SSHTransport {
    private static let limit = Duration.seconds(30)

    /// Connects through a forward to the sshd that serves this connection: if that is closed at once, the host refuses forwards.
    ///
    /// No message of the client tells a refused forward from a target that refuses the connection.
    func refusesForwards() async -> Bool {
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
