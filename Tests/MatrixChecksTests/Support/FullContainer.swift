import Foundation
import MatrixCore

/// A Debian 12 container with systemd and an OpenSSH server, and with the programs by which testinfra asks.
///
/// It has no network: SSH reaches it over `podman exec`, by an sshd that serves one connection on its standard input.
struct FullContainer {
    private static let image = "localhost/matrix-checks-test:bookworm-full"
    private static let packages = "systemd,systemd-sysv,openssh-server,iproute2,procps,netcat-openbsd,python3,curl"
    private static let build = Bootstrap.script(image, packages: packages)

    let name: String
    /// Holds the key, the client's configuration and the control socket.
    let folder: String
    var client: String { "\(folder)/client" }

    /// Commands over the SSH connection, which is open.
    var transport: ShellTransport {
        let client = client
        return ShellTransport(prefix: ["ssh", "-F", client, "target"]) { host, port in
            let here = ShellTransport()
            let free = try await here.require(Command(["python3", "-c", "import socket; s = socket.socket(); s.bind(('127.0.0.1', 0)); print(s.getsockname()[1])"]), "no port")
            guard let near = Int(free.output) else { throw InfrastructureError("no forward", why: "no port") }
            try await here.require(Command(["ssh", "-F", client, "-O", "forward", "-L", "\(near):\(host):\(port)", "target"]), "no forward")
            return near
        }
    }

    /// Lends a container that has come up, after a script has run in it.
    static func with(_ setup: String = "", _ body: (FullContainer) async throws -> Void) async throws {
        let here = ShellTransport()
        try await here.require(Command(["sh", "-c", build]), "the image could not be made")
        let folder = try await here.require(Command(["mktemp", "-d"]), "no folder").output
        let container = FullContainer(name: "matrix-checks-full-\(UInt32.random(in: 0...UInt32.max))", folder: folder)
        let outcome: Result<Void, any Error>
        do {
            try await container.start(setup)
            outcome = .success(try await body(container))
        } catch {
            outcome = .failure(error)
        }
        _ = try await here.run(Command(["ssh", "-F", container.client, "-O", "exit", "target"]))
        try await here.require(Command(["podman", "rm", "-f", "-t", "0", container.name]), "the container could not be removed")
        try await here.require(Command(["rm", "-rf", folder]), "the folder could not be removed")
        try outcome.get()
    }

    private func start(_ setup: String) async throws {
        let limits = ["--runtime", "runc", "--ulimit", "nofile=4096:4096", "--ulimit", "nproc=4096:4096"]
        let run = ["podman", "run", "-d", "--name", name, "--hostname", "good", "--systemd=always", "--network", "none"] + limits + [Self.image, "/sbin/init"]
        let here = ShellTransport()
        try await here.require(Command(run), "the container did not start")
        let inside = ShellTransport(prefix: ["podman", "exec", "-i", name])
        let wait = "for i in $(seq 300); do systemctl is-system-running 2>/dev/null | grep -qE 'running|degraded' && exit 0; sleep 0.2; done; exit 1"
        try await inside.require(Command(["sh", "-c", wait]), "systemd did not come up")
        try await inside.require(Command(["sh", "-c", setup]), "the container could not be set up")
        try await here.require(Command(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", "\(folder)/key"]), "no key")
        let key = try String(contentsOfFile: "\(folder)/key.pub", encoding: .utf8)
        try await inside.require(Command(["sh", "-c", "mkdir -p -m 700 /root/.ssh /run/sshd; cat >/root/.ssh/authorized_keys"], input: Array(key.utf8)), "no account")
        let lines = [
            "Host target", "User root", "IdentityFile \(folder)/key", "IdentitiesOnly yes", "UserKnownHostsFile \(folder)/known", "GlobalKnownHostsFile /dev/null",
            "StrictHostKeyChecking accept-new", "BatchMode yes", "LogLevel ERROR", "ControlPath \(folder)/control",
            "ProxyCommand podman exec -i \(name) /usr/sbin/sshd -i -o PermitRootLogin=yes -o UsePAM=no",
        ]
        try (lines.joined(separator: "\n") + "\n").write(toFile: client, atomically: true, encoding: .utf8)
        let master = "ssh -F \(client) -M -N -f -o ControlPersist=yes target </dev/null >/dev/null 2>\(folder)/log || { cat \(folder)/log >&2; exit 1; }"
        try await here.require(Command(["sh", "-c", master]), "no SSH connection")
    }
}
