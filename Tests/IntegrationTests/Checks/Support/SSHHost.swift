import Foundation
import MatrixCore
import MatrixTesting

/// This machine, reached over a real sshd on 127.0.0.1 by a real OpenSSH master connection.
enum SSHHost {
    /// Lends it.
    static func with(_ body: (ShellTransport) async throws -> Void) async throws {
        let server = try RealSSHServer()
        try await withCleanup {
            let client = "\(server.directory)/client"
            let lines = [
                "Host target", "HostName \(server.address)", "Port \(server.port)", "User \(server.user)", "IdentityFile \(server.keyFile)",
                "IdentitiesOnly yes",
                "UserKnownHostsFile \(server.directory)/known", "StrictHostKeyChecking accept-new", "BatchMode yes", "LogLevel ERROR",
                "ControlPath \(server.directory)/control",
            ]
            try (lines.joined(separator: "\n") + "\n").write(toFile: client, atomically: true, encoding: .utf8)
            try await SSHMaster.with(client, body)
        } cleanup: {
            server.stop()
        }
    }
}
