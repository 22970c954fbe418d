import Foundation
import IntegrationSupport
import MatrixCore
import MatrixRemote
import MatrixTesting
import Testing

@testable import MatrixPlatforms
@testable import MatrixPlatformsTests

/// Clones whose agent address leads to a real sshd: the key that cloud-init would put there opens it, and the host keys that the
/// agent gave are the sshd's. Needs root, for port 22 of extra addresses.
@Suite(.requires(.fakepve, .sshd, .root)) struct RealHostTests {
    private struct Host {
        let address: String
        let keys: String
        let daemon: ServerProcess
        let files: [String: Value]

        init(_ address: String, in folder: String) async throws {
            self.address = address
            let home = "\(folder)/\(address)"
            try FileManager.default.createDirectory(atPath: home, withIntermediateDirectories: true)
            keys = "\(home)/authorized_keys"
            try Data().write(to: URL(fileURLWithPath: keys))
            try #require(try await ServerProcess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", "\(home)/host"]).0 == 0)
            let config = """
                ListenAddress \(address):22
                HostKey \(home)/host
                AuthorizedKeysFile \(keys)
                PidFile none
                StrictModes no
                UsePAM no
                PermitRootLogin prohibit-password
                """
            try config.write(toFile: "\(home)/sshd_config", atomically: true, encoding: .utf8)
            try FileManager.default.createDirectory(atPath: "/run/sshd", withIntermediateDirectories: true)
            daemon = try ServerProcess("/usr/sbin/sshd", ["-D", "-e", "-f", "\(home)/sshd_config"])
            #expect(try await eventually { try await !ServerProcess.run(["ssh-keyscan", "-T", "5", address]).1.isEmpty })
            files = [
                "/etc/ssh/ssh_host_ed25519_key.pub": .string(try String(contentsOfFile: "\(home)/host.pub", encoding: .utf8)),
                "/var/lib/cloud/instance/sem/config_ssh": "1: 1732340000\n",
            ]
        }

        var value: Value { ["address": .string(address), "authorized_keys": .string(keys), "files": .map(files)] }
    }

    @Test(arguments: [[:], MachineLifeTests.ssh])
    func threeCellsAtOnceAreReachedAndGone(_ changes: [String: Value]) async throws {
        let folder = try Fixtures.temporaryFolder()
        // Two clones of the repository may test at once.
        let id = Int(ProcessInfo.processInfo.processIdentifier)
        let network = "127.\(100 + 2 * (id / 256 % 64) + (changes.isEmpty ? 0 : 1)).\(id % 256)"
        var hosts: [Host] = []
        for number in 1...3 { hosts.append(try await Host("\(network).\(number)", in: folder)) }
        let fake = try await FakeProxmox(options: ["hosts": .list(hosts.map(\.value))])
        try #require(
            try await ServerProcess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-C", "run=1;a,b:c", "-f", "\(folder)/id_ed25519"])
                .0 == 0)
        let publicKey = try String(contentsOfFile: "\(folder)/id_ed25519.pub", encoding: .utf8).trimmingCharacters(in: .newlines)
        let access = RunAccess(directory: folder, publicKey: publicKey)
        let context = Fixtures.context(
            secrets: ["token.secret": FakeProxmox.tokenSecret], state: folder, connector: FixedConnector(NodeTransport(fake)),
            claims: MemoryClaims(), access: access)
        let platform = try ProxmoxDriver.platform(
            fake.settings(changes.merging(MachineLifeTests.noPool) { $1 }), in: context, pace: Fixtures.pace)
        let cells = ["rocky9-a", "rocky9-b", "rocky9-c"].map { Fixtures.cell(Fixtures.rocky9, hosts: [HostPlan(name: $0)]) }
        let greetings = try await withThrowingTaskGroup(of: String.self) { group in
            for cell in cells {
                group.addTask {
                    let wanted = try #require(platform.resources(for: cell, run: Fixtures.run, expires: nil).first?.first)
                    let made = try await platform.create(wanted, for: cell)
                    let endpoint = try await platform.ready(made, for: cell) { _ in }
                    return try await Self.login(endpoint, folder)
                }
            }
            return try await group.reduce(into: []) { $0.append($1) }
        }
        #expect(greetings == ["hello\n", "hello\n", "hello\n"])
        for machine in try await platform.remaining(of: Fixtures.run) { try await platform.destroy(machine) }
        #expect(try await fake.machines() == [])
        #expect(try await fake.volumes() == [])
        #expect(try await fake.runningTasks() == 0)
    }

    /// Logs in with OpenSSH, trusting only the keys that came through the agent.
    private static func login(_ endpoint: Endpoint, _ folder: String) async throws -> String {
        try #require(endpoint.hostKeys.count == 1)
        var own = endpoint
        own.knownHostsFile = "\(folder)/known-\(endpoint.address)"
        try endpoint.hostKeys.map { "\(endpoint.alias) \($0)\n" }.joined().write(
            toFile: own.knownHostsFile, atomically: true, encoding: .utf8)
        let options = own.options.flatMap { ["-o", $0] }
        let (status, output, error) = try await ServerProcess.run(
            ["ssh"] + options + ["-i", own.keyFile, "-p", "\(own.port)", "\(own.user)@\(own.address)", "echo hello"])
        try #require(status == 0, "\(error)")
        return output
    }
}
