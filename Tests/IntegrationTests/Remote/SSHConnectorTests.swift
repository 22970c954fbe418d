import Foundation
import Glibc
import IntegrationSupport
import MatrixTesting
import Synchronization
import Testing

@testable import MatrixCore
@testable import MatrixRemote
@testable import MatrixRemoteTests

@Suite(.requires(.sshd)) struct SSHConnectorTests {
    private let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    @Test func waitsForAHostThatBoots() async throws {
        let server = try RealSSHServer()
        defer { server.stop() }
        server.end()
        let reasons = Mutex<[String]>([])
        let task = Task { [folder] in
            try await SSHConnector(controlDirectory: folder.path).connect(to: server.endpoint()) { reason in
                reasons.withLock { $0.append(reason) }
            }
        }
        #expect(await eventually { reasons.withLock { $0.contains("connection refused") } })
        try server.start()
        let transport = try await task.value
        #expect(try await transport.run(Command(["echo", "up"])).output == "up")
        await transport.close()
    }

    @Test func endsItsWaitWhenCancelled() async throws {
        let server = try RealSSHServer()
        server.end()
        defer { server.stop() }
        let connector = SSHConnector(controlDirectory: folder.path)
        let error = await #expect(throws: DeadlineExceeded.self) {
            try await withDeadline(.milliseconds(500)) { _ = try await connector.connect(to: server.endpoint()) { _ in } }
        }
        #expect(error?.limit == .milliseconds(500))
        #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path).isEmpty)
    }

    @Test func noticesSSHThatAcceptsAndHangs() async throws {
        let listener = try #require(SilentListener())
        let reasons = Mutex<[String]>([])
        let endpoint = Endpoint(
            address: "127.0.0.1", port: listener.port, user: "root", keyFile: "/etc/hostname", knownHostsFile: folder.path + "/known",
            alias: "x")
        let connector = SSHConnector(controlDirectory: folder.path, authenticationPatience: .zero, attemptLimit: .milliseconds(300))
        let task = Task { _ = try await connector.connect(to: endpoint) { reason in reasons.withLock { $0.append(reason) } } }
        #expect(await eventually { reasons.withLock { $0.contains("SSH accepts connections, then hangs") } })
        task.cancel()
        await #expect(throws: CancellationError.self) { try await task.value }
    }

    @Test(arguments: [true, false]) func aChangedHostKeyIsFatalAtOnce(trusting: Bool) async throws {
        let server = try RealSSHServer()
        defer { server.stop() }
        let endpoint = server.endpoint(trusting: trusting)
        let connector = SSHConnector(controlDirectory: folder.path)
        await (try await connector.connect(to: endpoint) { _ in }).close()
        try server.changeHostKey()
        let error = await #expect(throws: InfrastructureError.self) { _ = try await connector.connect(to: endpoint) { _ in } }
        #expect(error?.type == "matrix.ssh.host-key")
        #expect(error?.isTransient == false)
        // Built anew, and its new key known from a trusted channel: that one counts.
        await (try await connector.connect(to: server.endpoint()) { _ in }).close()
    }

    @Test func aWrongKeyIsTriedForAWhileThenRefused() async throws {
        let server = try RealSSHServer()
        defer { server.stop() }
        let access = try await RunKeys.make(for: RunID("r"), in: folder.path + "/run", using: LocalTransport())
        let endpoint = server.endpoint(keyFile: access.keyFile)
        let reasons = Mutex<[String]>([])
        let connector = SSHConnector(controlDirectory: folder.path + "/c", authenticationPatience: .milliseconds(600))
        let error = await #expect(throws: InfrastructureError.self) {
            _ = try await connector.connect(to: endpoint) { reason in reasons.withLock { $0.append(reason) } }
        }
        #expect(reasons.withLock { $0.count(where: { $0 == "authentication refused" }) } >= 1)
        #expect(error?.type == "matrix.ssh.authentication")
        #expect(error?.command?.outputTail.contains("Permission denied") == true)
        let keyless = server.endpoint(keyFile: folder.path + "/none")
        let missing = await #expect(throws: InfrastructureError.self) { _ = try await connector.connect(to: keyless) { _ in } }
        #expect(missing?.type == "matrix.ssh.key")
    }

    @Test(arguments: [0, 2, 1]) func waitsForCloudInit(status: Int32) async throws {
        let program =
            "#!/bin/sh\n[ \"$3\" ] || [ \"$2\" = --wait ] || { echo 'detail: a module failed'; exit \(status); }\nsleep 0.3; "
            + "echo done >\(folder.path)/waited; exit \(status)\n"
        try program.write(toFile: folder.path + "/cloud-init", atomically: true, encoding: .utf8)
        chmod(folder.path + "/cloud-init", 0o755)
        let server = try RealSSHServer(options: ["SetEnv PATH=\(folder.path):/usr/bin:/bin"])
        defer { server.stop() }
        let connector = SSHConnector(controlDirectory: folder.path + "/c")
        if status == 1 {
            let error = await #expect(throws: InfrastructureError.self) { _ = try await connector.connect(to: server.endpoint()) { _ in } }
            #expect(error?.type == "matrix.ssh.cloud-init")
            #expect(error?.why == "detail: a module failed")
        } else {
            await (try await connector.connect(to: server.endpoint()) { _ in }).close()
        }
        #expect(FileManager.default.fileExists(atPath: folder.path + "/waited"))
        #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path + "/c").isEmpty)
    }

    @Test("what the host is, is known with the connection, from its first session")
    func facts() async throws {
        let server = try RealSSHServer()
        defer { server.stop() }
        let transport = try await SSHConnector(controlDirectory: folder.path).connect(to: server.endpoint()) { _ in }
        let facts = try #require(transport.facts)
        #expect(!facts.id.isEmpty && !facts.kernel.isEmpty && facts.cores ?? 0 > 0 && facts.memory ?? 0 > 0)
        #expect(transport.isOpen)
        #expect(server.log.components(separatedBy: "Starting session:").count - 1 == 1)
        // On loopback the exchange that costs little was agreed on, unless an ssh_config chose another.
        if let option = await KeyExchange.standard.option(for: server.endpoint()) {
            #expect(option.hasPrefix("KexAlgorithms=curve25519-sha256,"))
        }
        await transport.close()
        #expect(!transport.isOpen)
    }

    @Test func takesControlFoldersWithLongPaths() async throws {
        let server = try RealSSHServer()
        defer { server.stop() }
        let long = folder.path + "/" + String(repeating: "long-", count: 30)
        let transport = try await SSHConnector(controlDirectory: long).connect(to: server.endpoint()) { _ in }
        #expect(try await transport.run(Command(["echo", "ok"])).output == "ok")
        await transport.close()
        let directory = try ControlDirectory(long)
        #expect(directory.path.hasPrefix("/tmp/"))
        #expect(mode(of: directory.path) == 0o700)
        try FileManager.default.removeItem(atPath: directory.path)
    }

    @Test(arguments: ["my 100%d $x's", #"a "quoted" one"#, #"o'brien\"#, "#1 {{x}} a:b,c"])
    func takesOddPaths(name: String) async throws {
        let server = try RealSSHServer()
        defer { server.stop() }
        let odd = folder.path + "/" + name
        let access = try await RunKeys.make(for: RunID("r"), in: odd, using: LocalTransport())
        try FileManager.default.removeItem(atPath: access.keyFile)
        try FileManager.default.removeItem(atPath: "\(access.keyFile).pub")
        try FileManager.default.copyItem(atPath: server.keyFile, toPath: access.keyFile)
        var endpoint = server.endpoint(trusting: false, keyFile: access.keyFile)
        endpoint.knownHostsFile = access.knownHostsFile
        let transport = try await SSHConnector(controlDirectory: odd + "/c").connect(to: endpoint) { _ in }
        #expect(try await transport.run(Command(["echo", "ok"])).output == "ok")
        #expect(try String(contentsOfFile: access.knownHostsFile, encoding: .utf8).hasPrefix("real-sshd "))
        let pasted = try await LocalTransport().run(Command(["sh", "-c", transport.commandLine(for: Command(["echo", "a b"]))]))
        #expect(pasted.output == "a b")
        await transport.close()
    }

    @Test func leavesNoMasterBehindWhenItIsKilled() async throws {
        let server = try RealSSHServer()
        defer { server.stop() }
        let line = SSHCommandLine(endpoint: server.endpoint(trusting: false), socket: folder.path + "/s")
        // A parent that dies without a word, as by SIGKILL: its end of the pipe closes.
        let script = """
            while [ ! -S \(folder.path)/s ]; do sleep 0.05; done | \(ShellQuoting.join(line.master)) &
            wait; test -S \(folder.path)/s || echo gone
            """
        let result = try await LocalTransport().run(Command(["sh", "-c", script], timeout: .seconds(300)))
        #expect(result.output == "gone")
        #expect(server.log.contains("Accepted publickey"))
    }
}

/// A port that accepts connections and says nothing.
private final class SilentListener {
    let port: Int
    private let socket: Int32

    init?() {
        guard let free = try? FreePort.find() else { return nil }
        port = free
        socket = Glibc.socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = in_port_t(free).bigEndian
        address.sin_addr.s_addr = UInt32(0x7f00_0001).bigEndian
        let status = withUnsafePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { bind(socket, $0, socklen_t(MemoryLayout<sockaddr_in>.size)) }
        }
        guard status == 0, listen(socket, 10) == 0 else { return nil }
    }

    deinit { close(socket) }
}
