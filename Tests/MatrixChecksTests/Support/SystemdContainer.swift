import MatrixCore

/// A Debian 12 container that systemd runs in, without a network.
struct SystemdContainer {
    private static let image = "localhost/matrix-checks-test:bookworm"
    private static let script = Bootstrap.script(image, packages: "systemd,systemd-sysv")

    let name: String
    var transport: ShellTransport { ShellTransport(prefix: ["podman", "exec", "-i", name]) }

    /// Lends a container that has come up.
    static func with(_ body: (SystemdContainer) async throws -> Void) async throws {
        let here = ShellTransport()
        try await here.require(Command(["sh", "-c", script]), "the image could not be made")
        let container = SystemdContainer(name: "matrix-checks-test-\(UInt32.random(in: 0...UInt32.max))")
        let outcome: Result<Void, any Error>
        do {
            try await container.start()
            try await body(container)
            outcome = .success(())
        } catch {
            outcome = .failure(error)
        }
        try await here.require(Command(["podman", "rm", "-f", "-t", "0", container.name]), "the container could not be removed")
        try outcome.get()
    }

    private func start() async throws {
        let limits = ["--runtime", "runc", "--ulimit", "nofile=4096:4096", "--ulimit", "nproc=4096:4096"]
        let run = ["podman", "run", "-d", "--name", name, "--systemd=always", "--network", "none"] + limits + [Self.image, "/sbin/init"]
        try await ShellTransport().require(Command(run), "the container did not start")
        let wait = "for i in $(seq 300); do systemctl is-system-running 2>/dev/null | grep -qE 'running|degraded' && exit 0; sleep 0.2; done; exit 1"
        try await transport.require(Command(["sh", "-c", wait]), "systemd did not come up")
    }
}
