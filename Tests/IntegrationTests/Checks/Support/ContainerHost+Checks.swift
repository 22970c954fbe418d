import IntegrationSupport
import MatrixCore

extension ContainerHost {
    /// Asks as `podman exec` does.
    var inside: ShellTransport { ShellTransport(prefix: exec()) }

    /// Lends a host without a network with a connection of OpenSSH to it, which is open.
    static func overSSH(_ setup: String, _ body: (ContainerHost, ShellTransport) async throws -> Void) async throws {
        try await with(.exec, setup: setup) { host in
            try await SSHMaster.with(host.client) { try await body(host, $0) }
        }
    }
}
