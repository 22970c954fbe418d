import MatrixCore
import MatrixRemote
import MatrixTesting

/// Lends a connection to a new server.
func withTransport(options: [String] = [], _ work: (any Transport, RealSSHServer) async throws -> Void) async throws {
    let server = try RealSSHServer(options: options)
    defer { server.stop() }
    let folder = try TemporaryFolder()
    let transport = try await SSHConnector(controlDirectory: folder.path).connect(to: server.endpoint()) { _ in }
    do {
        try await work(transport, server)
    } catch {
        await transport.close()
        throw error
    }
    await transport.close()
}
