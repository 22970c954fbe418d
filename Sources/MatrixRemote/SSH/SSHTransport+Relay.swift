internal import MatrixCore
internal import Synchronization

extension SSHTransport {
    /// A port of this machine whose connections run over sessions of this connection.
    func relay(to host: String, port: Int) async throws -> Relay {
        let program = try await relayProgram(to: host, port)
        let relay = try openRelay(to: host, port, by: program)
        relays.withLock { $0.append(relay) }
        return Relay(port: relay.port, program: program)
    }

    /// The first program of the host that reaches the host's own sshd: a broken one would look like a server that refuses connections.
    func relayProgram(to host: String, _ port: Int) async throws -> String {
        if let program = provenRelay.withLock({ $0 }) { return program }
        let programs = try await relayPrograms(to: host, port)
        guard let server = try await serverAddress() else { throw Relay.missing(to: host, port: port) }
        for program in programs {
            let relay = try openRelay(to: server.address, server.port, by: program)
            let isWorking = await Self.reachesSSH(at: relay.port)
            await relay.close()
            guard isWorking else { continue }
            provenRelay.withLock { $0 = program }
            return program
        }
        throw Relay.missing(to: host, port: port, ", and has none of \(RelayScript.programs.joined(separator: ", ")) that can relay them")
    }

    private func relayPrograms(to host: String, _ port: Int) async throws -> [String] {
        let lines = try await transfer(["sh", "-c", RelayScript.search], input: .none).output.split(separator: "\n").map(String.init)
        // What a login file prints would come in front of the server's bytes.
        guard lines.last == "end", lines.dropLast().allSatisfy(RelayScript.programs.contains) else {
            let why = ", and the login files of \(endpoint.user) print something, so that nothing can be relayed"
            throw Relay.missing(to: host, port: port, why)
        }
        return lines.dropLast()
    }

    func openRelay(to host: String, _ port: Int, by program: String) throws -> RelayPort {
        try RelayPort { [self] connection in await carry(connection, to: host, port, by: program) }
    }

    /// Its end is all that the other side sees.
    private func carry(_ connection: Int32, to host: String, _ port: Int, by program: String) async {
        let words = ["sh", "-c", RelayScript.text(program), "sh", host, "\(port)"]
        let process = ChildProcess(arguments: master.commandLine.session(words), input: .socket(connection), grace: .seconds(1))
        for attempt in 1...20 {
            let ending = try? await sessions.withPermit {
                var errors = OutputCollector(.standardError, limit: 1 << 12)
                let status = try await process.run { chunk in
                    _ = errors.take(chunk.bytes)
                    return .more
                }
                return (status, String(decoding: errors.kept, as: UTF8.self))
            }
            // The host allows fewer sessions: nothing was read of the connection.
            guard let (status, said) = ending, status == 255, said.contains("Session open refused"), !master.hasEnded else { return }
            sessions.shrink()
            try? await Task.sleep(for: Backoff().pause(before: attempt))
        }
    }
}
