import FoundationEssentials
import MatrixCore
import MatrixRemote
import MatrixTesting

/// A container with an SSH server, lent to a test.
struct TestHost: Sendable {
    /// What it runs.
    enum System: String, Sendable {
        /// Debian 12 without sudo.
        case debian12
        /// Debian's dnf dressed up as Rocky 9: fixtures/images/dnf-stand-in.
        case standIn

        var operatingSystem: OperatingSystem {
            switch self {
            case .debian12: OperatingSystem(name: "debian12", family: "debian", packageManager: .apt, release: .init(id: "debian", version: "12"))
            case .standIn: OperatingSystem(name: "stand-in", family: "rhel", packageManager: .dnf, release: .init(id: "rocky", version: "9"))
            }
        }
    }

    static let isAvailable = ["podman", "mmdebstrap", "rpmbuild", "createrepo_c", "ssh"].allSatisfy { program in
        ["/usr/bin/", "/usr/local/bin/"].contains { FileManager.default.isExecutableFile(atPath: $0 + program) }
    }
    static let installation = "install podman, mmdebstrap, rpm, createrepo-c and openssh-client"

    private static let runner = LocalTransport()
    private static let images = Images()

    let system: System
    let endpoint: Endpoint
    let connector: SSHConnector

    /// Starts a container of a system, removed afterwards.
    static func with(_ system: System, _ work: (TestHost) async throws -> Void) async throws {
        let folder = FileManager.default.temporaryDirectory.path + "/solti-provision-\(UInt32.random(in: 0...UInt32.max))"
        let access = try await RunKeys.make(for: RunID("test"), in: folder, using: runner)
        let image = try await images.image(of: system)
        let container = try await start(image, access)
        let outcome: Result<Void, any Error>
        do {
            let port = try await runner.require(Command(["podman", "port", container, "22"]), "asking for the port").output
            let endpoint = Endpoint(
                address: "127.0.0.1", port: Int(port.split(separator: ":").last ?? "") ?? 0, user: "root", keyFile: access.keyFile,
                knownHostsFile: access.knownHostsFile, alias: container, internalAddress: "10.1.2.3")
            outcome = .success(try await work(TestHost(system: system, endpoint: endpoint, connector: SSHConnector(controlDirectory: "\(folder)/c"))))
        } catch { outcome = .failure(error) }
        _ = try? await runner.run(Command(["podman", "rm", "-f", "-t", "0", container]))
        try? FileManager.default.removeItem(atPath: folder)
        try outcome.get()
    }

    private static func start(_ image: String, _ access: RunAccess) async throws -> String {
        let boot = "mkdir -p /root/.ssh /run/sshd && echo \"$KEY\" >/root/.ssh/authorized_keys && ssh-keygen -A && exec /usr/sbin/sshd -D -e"
        let options = [
            "--runtime", "runc", "--ulimit", "nofile=4096:4096", "--ulimit", "nproc=4096:4096", "--no-hosts", "--cap-add", "SYS_ADMIN", "--cap-add", "AUDIT_WRITE",
            "-e", "KEY=\(access.publicKey)", "-p", "127.0.0.1::22",
        ]
        let command = Command(["podman", "run", "-d"] + options + [image, "/bin/sh", "-c", boot])
        let id = try await runner.require(command, "starting the test host").output
        return String(id.split(separator: "\n").last ?? "")
    }

    /// Lends a connection.
    func connected(as user: String = "root", _ work: (Host) async throws -> Void) async throws {
        var endpoint = endpoint
        endpoint.user = user
        let transport = try await connector.connect(to: endpoint) { _ in }
        let plan = HostPlan(name: "web-1", role: "web")
        let resource = Resource(platform: "podman", kind: "container", name: endpoint.alias, run: RunID("test"), cell: "cell")
        do {
            try await work(Host(plan: plan, resource: resource, endpoint: endpoint, transport: transport))
        } catch {
            await transport.close()
            throw error
        }
        await transport.close()
    }

    /// Makes each image once, however many tests ask.
    private actor Images {
        private var known: [System: Task<String, any Error>] = [:]

        func image(of system: System) async throws -> String {
            let task = known[system] ?? Task { system == .debian12 ? try await Self.debian() : try await Self.standIn() }
            known[system] = task
            return try await task.value
        }

        private static func standIn() async throws -> String {
            let script = #filePath.replacing("Tests/MatrixProvisionTests/TestHost.swift", with: "fixtures/images/dnf-stand-in/build.sh")
            let output = try await runner.require(Command([script], timeout: .seconds(1800)), "building the dnf stand-in").output
            return String(output.split(separator: "\n").last ?? "")
        }

        private static func debian() async throws -> String {
            let name = "localhost/solti-matrix/provision-test:bookworm-2"
            if try await runner.run(Command(["podman", "image", "exists", name])).succeeded { return name }
            let bootstrap = #filePath.replacing("Tests/MatrixProvisionTests/TestHost.swift", with: "fixtures/images/bootstrap.sh")
            let script = """
                set -e
                w=$(mktemp -d); trap 'rm -rf "$w"' EXIT; chmod 755 "$w"
                # The host's own apt is told the same about dates and proxies.
                apt-config dump --format '%f "%v";%n' Acquire >"$w/apt.conf"
                \(bootstrap) "$w/image.tar" openssh-server,procps \
                  --customize-hook="cp $w/apt.conf \\"\\$1/etc/apt/apt.conf.d/99machine\\"; rm -f \\"\\$1\\"/etc/ssh/ssh_host_*"
                podman import --quiet "$w/image.tar" \(name)
                """
            try await runner.require(.script(script, timeout: .seconds(1800)), "bootstrapping Debian 12")
            return name
        }
    }
}
