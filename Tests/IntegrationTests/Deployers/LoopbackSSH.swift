import MatrixCore
import MatrixRemote
import MatrixTesting

@testable import MatrixDeployers
@testable import MatrixDeployersTests

/// A real sshd, and a transport to it that logs in for each command, by what an inventory says of the host.
final class LoopbackSSH: Transport {
    let endpoint: Endpoint
    private let server: RealSSHServer

    /// - Parameter folder: a folder for the private key and the known hosts; nil for the server's.
    init(in folder: String? = nil) throws {
        // A blank in the paths of keys must reach Ansible and ssh in quotes.
        server = try RealSSHServer(folder: "mxd ssh")
        var endpoint = server.endpoint(alias: "the-alias")
        if let folder {
            try FileSystem.makeFolder(folder)
            try NewFile.write(FileSystem.text(of: server.keyFile) ?? "", to: "\(folder)/id", mode: 0o600)
            (endpoint.keyFile, endpoint.knownHostsFile) = ("\(folder)/id", "\(folder)/known_hosts")
        }
        self.endpoint = endpoint
        let hostKey = server.hostKey.split(separator: " ").prefix(2).joined(separator: " ")
        try NewFile.write("\(endpoint.alias) \(hostKey)\n", to: endpoint.knownHostsFile)
    }

    deinit { server.stop() }

    private var ssh: [String] {
        let options = endpoint.options.flatMap { ["-o", CellInventory.quotedOption($0)] }
        let key = "IdentityFile=\(Endpoint.optionWord(endpoint.keyFile))"
        return ["ssh", "-F", "/dev/null", "-o", key, "-p", "\(endpoint.port)"] + options + ["\(endpoint.user)@\(endpoint.address)"]
    }

    func run(_ command: Command, onLine: @Sendable (OutputLine) async -> Void) async throws -> CommandResult {
        let words = command.user.map { $0 == "root" ? [] : ["runuser", "-u", $0, "--"] } ?? []
        let remote = Command(
            ssh + ["--", ShellQuoting.join(words + command.arguments)], input: command.input, outputLimit: command.outputLimit,
            outputFile: command.outputFile)
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
