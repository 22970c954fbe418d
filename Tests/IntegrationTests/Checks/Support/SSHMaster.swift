import MatrixCore

@testable import MatrixChecksTests

/// A master connection of OpenSSH, over which commands and forwards go.
enum SSHMaster {
    /// Lends commands over the connection, which is open, to the `target` of a client's configuration that names a `ControlPath`.
    static func with(_ client: String, _ body: (ShellTransport) async throws -> Void) async throws {
        let here = ShellTransport()
        let ssh = ["ssh", "-F", client]
        let master =
            "ssh -F \(client) -M -N -f -o ControlPersist=yes target </dev/null >/dev/null 2>\(client).log || "
            + "{ cat \(client).log >&2; exit 1; }"
        try await here.require(Command(["sh", "-c", master]), "no SSH connection")
        let transport = ShellTransport(
            prefix: ssh + ["target"],
            opening: { host, port in
                // Somebody else may take the free port before ssh does.
                for _ in 0..<20 {
                    let near = try ClosedPort().number
                    if try await here.run(Command(ssh + ["-O", "forward", "-L", "127.0.0.1:\(near):\(host):\(port)", "target"])).succeeded {
                        return near
                    }
                }
                throw InfrastructureError("no forward", why: "ssh opened none of 20 ports", isTransient: false)
            })
        try await withCleanup {
            try await body(transport)
        } cleanup: {
            _ = try? await here.run(Command(ssh + ["-O", "exit", "target"]))
        }
    }
}
