import Foundation
import MatrixCore
import MatrixPlatforms
public import MatrixRemote
import MatrixTesting

/// A container that systemd runs in, lent to a test.
public struct ContainerHost: Sendable {
    /// How SSH reaches it.
    public enum Way: Sendable {
        /// It has no network: an sshd serves one connection on the standard input of `podman exec`.
        case exec
        /// Its port 22 is one of 127.0.0.1.
        case port
    }

    /// The container's name.
    public let name: String
    /// What SSH needs, and other files of the test; deleted with the container.
    public let folder: String
    /// The port of 127.0.0.1 that leads to its sshd; 0 if there is none.
    public let port: Int
    /// The key of its account root.
    public let access: RunAccess

    /// A configuration of the SSH client in which the host is `target`.
    public var client: String { "\(folder)/client" }

    private static let runner = LocalTransport()

    /// Lends a host that has come up.
    ///
    /// - Parameters:
    ///   - image: an image with systemd and sshd; by itself ``BaseImage``.
    ///   - setup: a shell script that root runs in it before anything else.
    public static func with(_ way: Way, image: String? = nil, setup: String = ":", _ body: (ContainerHost) async throws -> Void)
        async throws
    {
        let folder = try TemporaryFolder.make()
        let name = "matrix-test-host-\(UInt64.random(in: 0...UInt64.max))"
        try await withCleanup {
            let image = if let image { image } else { try await BaseImage.name() }
            let access = try await RunKeys.make(for: RunID("test"), in: folder, using: runner)
            try await start(name, image, way)
            try await setUp(name, access, setup)
            let port = way == .port ? try await publishedPort(of: name) : 0
            let host = ContainerHost(name: name, folder: folder, port: port, access: access)
            try host.writeClient()
            try await body(host)
        } cleanup: {
            _ = try? await runner.run(Command(["podman", "rm", "--force", "--volumes", "--ignore", "--time", "0", name]))
            try? FileManager.default.removeItem(atPath: folder)
        }
    }

    /// The command that runs `words` in it as root, without SSH.
    public func exec(_ words: String...) -> [String] { ["podman", "exec", "--interactive", name] + words }

    private static func start(_ name: String, _ image: String, _ way: Way) async throws {
        let kit = try await PodmanHostKit.find(state: BaseImage.state, runner: runner)
        let network = way == .port ? ["--publish", "127.0.0.1::22"] : ["--network", "none"]
        let options = ["run", "--detach", "--name", name, "--hostname", "good", "--systemd=always", "--no-hosts", "--pull=never"] + network
        try await runner.require(
            Command(["podman"] + kit.options + options + kit.creation + [image, "/sbin/init"]), "starting the container \(name)")
    }

    private static func setUp(_ name: String, _ access: RunAccess, _ setup: String) async throws {
        // An image without host keys has an sshd that did not start, and was started too often since.
        let script = """
            for i in $(seq 900); do systemctl is-system-running 2>/dev/null | grep -qE 'running|degraded' && break; sleep 0.2; done
            systemctl is-system-running | grep -qE 'running|degraded' || { echo "systemd did not come up" >&2; exit 1; }
            umask 077; mkdir -p /root/.ssh /run/sshd; chmod 755 /run/sshd; echo '\(access.publicKey)' >/root/.ssh/authorized_keys
            # No RSA key: it costs more than the host's boot.
            for kind in ed25519 ecdsa; do [ -e /etc/ssh/ssh_host_${kind}_key ] || \
            ssh-keygen -q -t $kind -N '' -f /etc/ssh/ssh_host_${kind}_key; done
            systemctl reset-failed ssh; systemctl start ssh
            """
        for (script, what) in [(script, "waiting for systemd"), (setup, "the setup")] {
            try await runner.require(
                Command(["podman", "exec", "--interactive", name, "sh", "-c", script]), "\(what) in the container \(name)")
        }
    }

    private static func publishedPort(of name: String) async throws -> Int {
        let answer = try await runner.require(Command(["podman", "port", name, "22"]), "asking for the port of \(name)").output
        guard let port = Int(answer.split(separator: "\n").first?.split(separator: ":").last ?? "") else {
            throw InfrastructureError("asking for the port of \(name)", why: "podman says \(answer)", isTransient: false)
        }
        return port
    }

    private func writeClient() throws {
        let way =
            port == 0
            ? ["ProxyCommand podman exec -i \(name) /usr/sbin/sshd -i -o PermitRootLogin=yes -o UsePAM=no"]
            : ["HostName 127.0.0.1", "Port \(port)"]
        let lines = [
            "Host target", "User root", "IdentityFile \(access.keyFile)", "IdentitiesOnly yes",
            "UserKnownHostsFile \(access.knownHostsFile)",
            "GlobalKnownHostsFile /dev/null", "StrictHostKeyChecking accept-new", "BatchMode yes", "LogLevel ERROR",
            "ControlPath \(folder)/control",
        ]
        try ((lines + way).joined(separator: "\n") + "\n").write(toFile: client, atomically: true, encoding: .utf8)
    }
}
