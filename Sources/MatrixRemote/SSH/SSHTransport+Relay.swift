internal import MatrixCore
internal import Synchronization

extension SSHTransport {
    /// A port of this machine whose connections run over sessions of this connection.
    func relay(to host: String, port: Int) async throws -> Relay {
        let program = try await relayProgram(to: host, port)
        let relay = try RelayPort { [self] connection in await carry(connection, to: host, port, by: program) }
        relays.withLock { $0.append(relay) }
        return Relay(port: relay.port, program: program)
    }

    private func relayProgram(to host: String, _ port: Int) async throws -> String {
        let lines = try await transfer(["sh", "-c", RelayScript.search], input: .none).output.split(separator: "\n").map(String.init)
        if lines == ["end"] {
            throw Relay.missing(to: host, port: port, ", and has none of \(RelayScript.programs.joined(separator: ", ")) to relay them")
        }
        // What a login file prints would come in front of the server's bytes.
        guard lines.count == 2, lines[1] == "end", RelayScript.programs.contains(lines[0]) else {
            let why = ", and the login files of \(endpoint.user) print something, so that nothing can be relayed"
            throw Relay.missing(to: host, port: port, why)
        }
        return lines[0]
    }

    private func carry(_ connection: Int32, to host: String, _ port: Int, by program: String) async {
        let words = ["sh", "-c", RelayScript.text(program), "sh", host, "\(port)"]
        let process = ChildProcess(arguments: master.commandLine.session(words), input: .socket(connection), grace: .seconds(1))
        // Its end is all that the other side sees.
        _ = try? await sessions.withPermit { try await process.run { _ in .more } }
    }
}
