import Foundation
import MatrixCore
import MatrixRemote
import Testing

@testable import MatrixDeployers

/// A real sshd of this machine on a port of its own, and a transport to it.
final class LoopbackSSH: Transport {
    let endpoint: Endpoint
    private let server: Task<Void, Never>
    private let folder: String

    static var isWanted: Bool {
        FileSystem.exists("/usr/sbin/sshd") && getuid() == 0 || ProcessInfo.processInfo.environment["SOLTI_REQUIRE_ALL"] == "1"
    }

    init() async throws {
        folder = try FileSystem.makeUniqueFolder("/tmp/mxd ssh-")
        let runner = LocalTransport()
        for key in ["id", "host"] { try await runner.require(Command(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", "\(folder)/\(key)"]), "make a key") }
        let port = Int.random(in: 20_000...59_000)
        try FileSystem.makeFolder("/run/sshd")
        try NewFile.write(
            """
            ListenAddress 127.0.0.1:\(port)
            HostKey "\(folder)/host"
            AuthorizedKeysFile "\(folder)/id.pub"
            PidFile none
            StrictModes no
            PermitRootLogin prohibit-password
            UsePAM no
            MaxStartups 100
            Subsystem sftp internal-sftp

            """, to: "\(folder)/config")
        let hostKey = (FileSystem.text(of: "\(folder)/host.pub") ?? "").split(separator: " ").prefix(2).joined(separator: " ")
        try NewFile.write("the-alias \(hostKey)\n", to: "\(folder)/known_hosts")
        endpoint = Endpoint(
            address: "127.0.0.1", port: port, user: "root", keyFile: "\(folder)/id", knownHostsFile: "\(folder)/known_hosts", alias: "the-alias",
            hostKeys: [hostKey])
        let configuration = "\(folder)/config"
        server = Task { _ = try? await LocalTransport().run(Command(["/usr/sbin/sshd", "-D", "-e", "-f", configuration])) }
        try await eventually { (try? await self.run(Command(["true"])).succeeded) == true }
    }

    deinit {
        server.cancel()
        FileSystem.remove(folder)
    }

    private var ssh: [String] {
        let options = endpoint.options.flatMap { ["-o", CellInventory.quotedOption($0)] }
        return ["ssh", "-F", "/dev/null", "-i", endpoint.keyFile, "-p", "\(endpoint.port)"] + options + ["root@127.0.0.1"]
    }

    func run(_ command: Command, onLine: @Sendable (OutputLine) async -> Void) async throws -> CommandResult {
        let words = command.user.map { $0 == "root" ? [] : ["runuser", "-u", $0, "--"] } ?? []
        let remote = Command(ssh + ["--", ShellQuoting.join(words + command.arguments)], input: command.input)
        let result = try await LocalTransport().run(remote, onLine: onLine)
        if result.exitStatus == 255 { throw InfrastructureError("ssh to the test's sshd", why: result.errorOutput) }
        return result
    }

    func upload(_ local: String, to remote: String) async throws { try await LocalTransport().upload(local, to: remote) }
    func download(_ remote: String, to local: String) async throws { try await LocalTransport().download(remote, to: local) }
    func forward(to host: String, port: Int) async throws -> Int { port }
    func commandLine(for command: Command) -> String { ShellQuoting.join(ssh + ["--", ShellQuoting.join(command.arguments)]) }
    func close() async {}
}

extension Trait where Self == ConditionTrait {
    /// Skipped where no sshd can be started, unless all parts are required.
    static var needsSSHD: Self { .enabled(if: LoopbackSSH.isWanted, "install openssh-server, and run the tests as root") }
}
