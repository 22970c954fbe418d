import MatrixCore
import MatrixTesting
import Testing

@testable import MatrixPlatforms

@Suite struct ShellCallerTests {
    private func caller(_ transport: ScriptedTransport, sudo: Bool = false) -> ShellCaller {
        let shell = ProxmoxSettings.Shell(host: "pve1", port: 22, user: "lavender", sudo: sudo, key: "/k", knownHosts: "/h")
        return ShellCaller(NodeShell(shell, connector: FixedConnector(transport)))
    }

    @Test func saysTheSameInPveshsWords() async throws {
        let transport = ScriptedTransport()
        transport.answer("pvesh", output: #"{"version":"9.0.10"}"#)
        #expect(try await caller(transport, sudo: true).send(ProxmoxRequest(.get, ["version"]))["version"] == "9.0.10")
        let keys = "ssh-ed25519%20AAAA%2B%2F%3D%20a"
        _ = try await caller(transport).send(
            ProxmoxRequest(.set, ["nodes", "pve1", "qemu", "20001", "config"], ["sshkeys": .string(keys), "onboot": 0, "tags": "a;b"]))
        #expect(transport.commands[0].arguments == ["pvesh", "get", "/version", "--output-format", "json"])
        #expect(transport.commands[0].user == "root")
        #expect(
            transport.commands[1].arguments
                == [
                    "pvesh", "set", "/nodes/pve1/qemu/20001/config", "--onboot", "0", "--sshkeys", keys, "--tags", "a;b", "--output-format",
                    "json",
                ])
    }

    @Test func theUPIDIsTheLastLineAndExitZeroMeansNothing() async throws {
        let transport = ScriptedTransport()
        let upid = "UPID:pve1:000003E8:00001B58:65000000:qmclone:9000:root@pam:"
        transport.answer("/clone", output: "create linked clone of drive virtio0\nclone failed: got timeout\n\"\(upid)\"\n")
        transport.answer("/status", output: #"{"status":"stopped","exitstatus":"clone failed: got timeout"}"#)
        transport.answer("/log", output: "[]")
        let client = ProxmoxClient(caller(transport), pace: Fixtures.pace)
        let fault = await #expect(throws: ProxmoxFault.self) {
            try await client.change(ProxmoxRequest(.create, ["nodes", "pve1", "qemu", "9000", "clone"]))
        }
        #expect(fault?.task == upid && fault?.kind == .transient)
        #expect(ShellCaller.data("log\n\(upid)\n") == .string(upid))
        #expect(ShellCaller.data("") == .null)
    }

    @Test(arguments: [
        ("Configuration file 'nodes/pve1/qemu-server/1.conf' does not exist\n", Int32(255), ProxmoxFault.Kind.missing),
        ("400 Parameter verification failed.\nnewid: invalid format\npvesh create <api_path> [OPTIONS]\n", 2, .fatal),
        ("403 Permission check failed (/vms/1, VM.Clone)\n", 255, .privilege("/vms/1, VM.Clone")),
        ("can't lock file '/var/lock/qemu-server/lock-1.conf' - got timeout\n", 255, .transient),
        ("sudo: a password is required\n", 1, .fatal),
        ("sh: 1: pvesh: not found\n", 127, .fatal),
    ])
    func errorsAreReadFromStandardError(_ text: String, _ status: Int32, _ kind: ProxmoxFault.Kind) {
        let result = CommandResult(exitStatus: status, standardError: Array(text.utf8))
        #expect(ShellCaller.fault(ProxmoxRequest(.get, ["version"]), result).kind == kind)
    }

    @Test func aLostConnectionIsALostReplyAndTheNextCallOpensANewOne() async throws {
        let transport = ScriptedTransport()
        transport.answer { _ in throw InfrastructureError("running pvesh", why: "the connection was lost") }
        let connector = FixedConnector(transport)
        let shell = ShellCaller(
            NodeShell(
                ProxmoxSettings.Shell(host: "pve1", port: 22, user: "root", sudo: false, key: "/k", knownHosts: "/h"), connector: connector)
        )
        let fault = await #expect(throws: ProxmoxFault.self) { try await shell.send(ProxmoxRequest(.get, ["version"])) }
        #expect(fault?.isWithoutReply == true)
        transport.answer("pvesh", output: "{}")
        _ = try await shell.send(ProxmoxRequest(.get, ["version"]))
        #expect(connector.connections == 2)
    }
}
