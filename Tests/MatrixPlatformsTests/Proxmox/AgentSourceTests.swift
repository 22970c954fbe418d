import Foundation
import MatrixCore
import MatrixTesting
import Testing

@testable import MatrixPlatforms

/// How a build gets the guest agent to the clones of its template.
@Suite struct AgentSourceTests {
    private let caller = ScriptedCaller()
    private let node = ScriptedTransport()
    private let runner = ScriptedTransport()

    private func source(_ build: [String: Value] = [:], ssh: Bool = true, _ os: OperatingSystem = Fixtures.debian12) throws -> AgentSource {
        var options: [String: Value] = [
            "endpoint": "https://pve1:8006", "token": ["id": "a@pve!b", "secret": ["env": "X"]], "node": "pve1",
            "template_build": .map(build),
        ]
        if ssh { options["ssh"] = ["host": "pve1"] }
        let settings = try SettingsReader.read(Fixtures.document(.map(options)))
        let shell = settings.shell.map { NodeShell($0, connector: FixedConnector(node)) }
        return AgentSource(
            os: os, settings: settings, client: ProxmoxClient(caller, pace: Fixtures.pace), shell: shell, runner: runner)
    }

    private func answer(node isOnNode: Bool, runner isHere: Bool, snippets: String? = nil) {
        node.answer("command -v virt-customize", exitStatus: isOnNode ? 0 : 127)
        runner.answer("command -v virt-customize", exitStatus: isHere ? 0 : 127)
        let storages: [Value] = [snippets].compactMap(\.self).map { ["storage": .string($0), "active": 1] }
        caller.answer(.get, "/nodes/pve1/storage", .success(.list(storages)))
    }

    @Test func theImageIsChangedRatherThanEachClone() async throws {
        answer(node: true, runner: true, snippets: "local")
        #expect(try await source().ways().all == [.node, .runner, .cloudInit(storage: "local")])
        #expect(try await source(ssh: false).ways().all == [.runner])
    }

    @Test func whatIsMissingIsSaidWithTheCommandThatHelps() async throws {
        answer(node: false, runner: false)
        let ways = try await source().ways()
        #expect(ways.all.isEmpty && ways.isOptional)
        let missing = ways.missing.joined(separator: "; ")
        for part in [
            "not installed on pve1 (apt install libguestfs-tools)", "not installed on this machine (apt install libguestfs-tools)",
            "no storage of pve1 accepts snippets",
        ] { #expect(missing.contains(part), "\(part) in \(missing)") }
    }

    @Test(arguments: [("node", "not installed on pve1"), ("runner", "not installed on this machine"), ("cloud-init", "accepts snippets")])
    func aWayThatTheSettingsNameMustExist(_ name: String, _ why: String) async throws {
        answer(node: false, runner: false)
        let error = await #expect(throws: InfrastructureError.self) { try await source(["guest_agent": .string(name)]).ways() }
        #expect(error?.why.contains(why) == true && error?.next?.contains("guest_agent: auto") == true && error?.isTransient == false)
    }

    @Test func aSystemThatHasOneAndSettingsThatWantNoneNeedNothing() async throws {
        // Nothing may be asked: the scripted parts know no answer.
        #expect(try await source([:], Fixtures.rocky9).ways().all.isEmpty)
        #expect(try await source(["guest_agent": "none"]).ways().all.isEmpty)
        #expect(try await source(["agent": false]).ways().all.isEmpty)
    }

    @Test func settingsThatContradictThemselvesAreUsage() throws {
        func messages(_ build: Value) -> String {
            let document = Fixtures.document([
                "endpoint": "https://pve1:8006", "token": ["id": "a@pve!b", "secret": ["env": "X"]], "node": "pve1",
                "template_build": build,
            ])
            return SettingsReader.examine(document).map(\.message).joined(separator: "; ")
        }
        #expect(messages(["guest_agent": "node"]).contains("works on the node by SSH"))
        #expect(messages(["guest_agent": "runner", "agent": false]).contains("needs the channel to the agent"))
        #expect(messages(["vmids": "9999-9000"]).contains("'9999-9000' is not a range of VMIDs"))
        #expect(messages(["vmids": "20500-20600"]).contains("20000-20999 overlaps the templates' range 20500-20600"))
        #expect(messages(["node_work_dir": "tmp"]).contains("not an absolute path"))
        #expect(messages(["vmids": "", "work_dir": "", "node_work_dir": ""]) == "")
    }

    @Test func virtCustomizeLeavesNoMachineID() async throws {
        let command = ImageCustomizer.command("/var/tmp/a.qcow2", Fixtures.debian12)
        #expect(
            command.display
                == "LIBGUESTFS_BACKEND=direct virt-customize --format qcow2 -a /var/tmp/a.qcow2 --install qemu-guest-agent "
                + "--truncate /etc/machine-id")
        #expect(ImageCustomizer.command("/a", Fixtures.rocky9).arguments.contains("--selinux-relabel"))
    }

    @Test func itsErrorIsTheLineThatSaysSo() async throws {
        runner.answer(
            "--install", error: "[ 0.0] x\nvirt-customize: error: libguestfs error: no kernel\n\nhint: run libguestfs-test-tool\n",
            exitStatus: 1)
        let failure = await #expect(throws: ImageCustomizer.Failure.self) { try await source().here.install(in: "/a", Fixtures.debian12) }
        #expect(failure?.description == "virt-customize failed on this machine: virt-customize: error: libguestfs error: no kernel")
    }

    @Test func vendorDataIsWrittenAsAFileOfTheNode() async throws {
        node.answer("pvesm path", output: "/var/lib/vz/snippets/matrix-guest-agent.yml\n")
        node.answer("sh -s")
        let source = try source()
        let data = VendorData(client: source.client, node: "pve1", shell: try #require(source.shell))
        #expect(try await data.write(on: "local") == "vendor=local:snippets/matrix-guest-agent.yml")
        let script = try #require(node.commands.last)
        #expect(
            script.arguments == ["sh", "-s", "--", "/var/lib/vz/snippets", "/var/lib/vz/snippets/matrix-guest-agent.yml", VendorData.text])
        #expect(VendorData.text.hasPrefix("#cloud-config\n") && VendorData.text.contains("packages: [qemu-guest-agent]"))
    }

    /// pve-http-server looks for the fields in this order, and for the file after them.
    @Test func anUploadIsInPieces() async throws {
        let path = "\(try Fixtures.temporaryFolder())/image"
        let content = Array(repeating: UInt8(7), count: (1 << 20) + 5)
        try Data(content).write(to: URL(fileURLWithPath: path))
        let body = try MultipartFile(path, named: "a.qcow2", fields: [("content", "import"), ("checksum", "ab")], boundary: "B")
        var pieces: [[UInt8]] = []
        for try await piece in body { pieces.append(piece) }
        #expect(pieces.count == 4 && pieces.map(\.count).reduce(0, +) == body.length)
        #expect(
            String(decoding: pieces[0], as: UTF8.self)
                == "--B\r\nContent-Disposition: form-data; name=\"content\"\r\n\r\nimport\r\n"
                + "--B\r\nContent-Disposition: form-data; name=\"checksum\"\r\n\r\nab\r\n"
                + "--B\r\nContent-Disposition: form-data; name=\"filename\"; filename=\"a.qcow2\"\r\n"
                + "Content-Type: application/octet-stream\r\n\r\n")
        #expect(pieces[1] + pieces[2] == content && pieces[3] == Array("\r\n--B--\r\n".utf8))
        #expect(body.type == "multipart/form-data; boundary=B")
    }
}
