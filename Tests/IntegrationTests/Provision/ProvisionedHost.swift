import IntegrationSupport
import MatrixCore
import MatrixRemote
import MatrixTesting

/// A host with systemd and sshd, lent to a test.
struct ProvisionedHost: Sendable {
    /// What it runs.
    enum System: String, Sendable {
        /// Debian 12 without sudo.
        case debian12
        /// Debian's dnf dressed up as Rocky 9: fixtures/images/dnf-stand-in.
        case standIn

        var operatingSystem: OperatingSystem {
            switch self {
            case .debian12: BaseImage.system
            case .standIn:
                OperatingSystem(name: "stand-in", family: "rhel", packageManager: .dnf, release: .init(id: "rocky", version: "9"))
            }
        }

        fileprivate func image() async throws -> String {
            guard self == .standIn else { return try await BaseImage.name() }
            let command = Command([Repository.path("fixtures/images/dnf-stand-in/build.sh")], timeout: .seconds(1800))
            let output = try await LocalTransport().require(command, "building the dnf stand-in").output
            return String(output.split(separator: "\n").last ?? "")
        }

        /// Provisioning brings sudo if an image has none. Debian's systemd makes a group sudo, which no Rocky has.
        fileprivate var setup: String { self == .debian12 ? "SUDO_FORCE_REMOVE=yes dpkg --purge sudo" : "groupdel sudo" }
    }

    let endpoint: Endpoint
    let connector: SSHConnector

    /// Lends a host of a system.
    static func with(_ system: System, _ work: (ProvisionedHost) async throws -> Void) async throws {
        try await ContainerHost.with(.port, image: try await system.image(), setup: system.setup) { host in
            let endpoint = Endpoint(
                address: "127.0.0.1", port: host.port, user: "root", keyFile: host.access.keyFile,
                knownHostsFile: host.access.knownHostsFile, alias: host.name,
                internalAddress: "10.1.2.3")
            try await work(ProvisionedHost(endpoint: endpoint, connector: SSHConnector(controlDirectory: "\(host.folder)/c")))
        }
    }

    /// Lends a connection.
    func connected(as user: String = "root", _ work: (Host) async throws -> Void) async throws {
        var endpoint = endpoint
        endpoint.user = user
        let transport = try await connector.connect(to: endpoint) { _ in }
        let plan = HostPlan(name: "web-1", role: "web")
        let resource = Resource(platform: "podman", kind: "container", name: endpoint.alias, run: RunID("test"), cell: "cell")
        try await withCleanup {
            try await work(Host(plan: plan, resource: resource, endpoint: endpoint, transport: transport))
        } cleanup: {
            await transport.close()
        }
    }
}
