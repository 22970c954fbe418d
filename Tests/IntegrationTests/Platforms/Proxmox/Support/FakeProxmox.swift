import Foundation
import MatrixCore
import MatrixTesting

@testable import MatrixPlatforms
@testable import MatrixPlatformsTests

extension FakeProxmox {
    /// Settings for this server, with changes; its machines get their addresses from a pool, as Debian's have no guest agent.
    func settings(_ changes: [String: Value] = [:]) -> PlatformSettings {
        var options: [String: Value] = [
            "driver": "proxmox", "endpoint": .string(url), "token": ["id": "ci@pve!matrix", "secret": ["env": "X"]], "node": "pve1",
            "vmids": "20000-20999",
            "storage": "local-lvm", "bridge": "vmbr0", "tls": ["ca": .string(certificates.authority)], "templates": "required",
            "user": "root",
            "addresses": ["range": "192.0.2.1-192.0.2.250/24", "gateway": "192.0.2.254"],
        ]
        for (key, value) in changes { options[key] = value == .null ? nil : value }
        return PlatformSettings(name: "proxmox", driver: "proxmox", options: Fixtures.document(.map(options)))
    }

    func platform(_ changes: [String: Value] = [:], claims: (any ClaimBook)? = nil, pace: ProxmoxPace = Fixtures.pace) throws
        -> ProxmoxPlatform
    {
        let context = Fixtures.context(
            secrets: ["token.secret": Self.tokenSecret, "login.password": "secret"], state: folder,
            connector: FixedConnector(NodeTransport(self)), claims: claims)
        return try ProxmoxDriver.platform(settings(changes), in: context, pace: pace)
    }
}

/// Runs commands as the fake's node would: its `pvesh` and `qm` stand first on the path.
struct NodeTransport: Transport {
    private let path: String
    private let node: String
    private let more: [String: String]

    /// - Parameters:
    ///   - hasTools: whether `virt-customize` is installed.
    ///   - environment: further variables.
    init(_ fake: FakeProxmox, hasTools: Bool = false, environment: [String: String] = [:]) {
        let tools = hasTools ? "\(FakeProxmox.fixtures)/tools:" : ""
        path = "\(tools)\(FakeProxmox.fixtures)/bin:\(ProcessInfo.processInfo.environment["PATH"] ?? "")"
        node = "\(fake.folder)/node.json"
        more = environment
    }

    func run(_ command: Command, onLine: @Sendable (OutputLine) async -> Void) async throws -> CommandResult {
        let environment = command.environment.merging(more.merging(["PATH": path, "FAKEPVE_NODE": node]) { _, new in new }) { _, new in
            new
        }
        let (status, output, error) = try await ServerProcess.run(command.arguments, environment: environment, input: command.input)
        return CommandResult(exitStatus: status, standardOutput: Array(output.utf8), standardError: Array(error.utf8))
    }

    func upload(_ local: String, to remote: String) async throws { try FileManager.default.copyItem(atPath: local, toPath: remote) }
    func download(_ remote: String, to local: String) async throws { try FileManager.default.copyItem(atPath: remote, toPath: local) }
    func forward(to host: String, port: Int) async throws -> Int {
        throw InfrastructureError("forward", why: "not here", isTransient: false)
    }
    func commandLine(for command: Command) -> String { command.display }
    func close() async {}
}
