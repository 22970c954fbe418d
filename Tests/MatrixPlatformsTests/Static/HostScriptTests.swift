import MatrixCore
import MatrixTesting
import Testing

@testable import MatrixPlatforms

/// Several scripts in one session.
@Suite struct HostScriptTests {
    private let script = HostScript(parts: [
        .init(what: "the first", script: "echo one"), .init(what: "the second", script: "echo two", next: "repair it"),
        .init(what: "the third", script: "echo three"),
    ])

    private func run(_ answers: (ScriptedTransport) -> Void) async throws -> [String] {
        let host = ScriptedTransport()
        for part in ["one", "two", "three"] { host.answer("echo \(part)", output: "\(part)\n") }
        answers(host)
        return try await script.run(on: PartedHost(base: host, sessions: MutexBox(0)), timeout: .seconds(60))
    }

    @Test func allRunInOneSession() async throws {
        #expect(try await run { _ in } == ["one", "two", "three"])
    }

    @Test func onePartCanEndThemWithoutAnError() async throws {
        #expect(try await run { $0.answer("echo two", output: "enough\n", exitStatus: HostScript.stop) } == ["one", "enough"])
    }

    @Test func theErrorIsThatOfThePartThatFailed() async throws {
        let error = await #expect(throws: InfrastructureError.self) {
            _ = try await run { $0.answer("echo two", output: "half\n", error: "it is busy\n", exitStatus: 3) }
        }
        #expect(error?.what == "the second" && error?.why == "it is busy" && error?.next == "repair it")
        #expect(error?.command?.exitStatus == 3 && error?.command?.outputTail.contains("one") == false)
    }

    @Test("a session that ends before its last mark names the part that ran")
    func brokenOff() async throws {
        let host = ScriptedTransport()
        host.answer { command in
            let mark = try #require(String(decoding: command.input ?? [], as: UTF8.self).firstMatch(of: /@matrix-[a-z0-9]+/)?.output)
            return CommandResult(exitStatus: 137, standardOutput: Array("one\n\n\(mark) 0\nhalf".utf8))
        }
        let error = await #expect(throws: InfrastructureError.self) { _ = try await script.run(on: host, timeout: .seconds(60)) }
        #expect(error?.what == "the second" && error?.why == "half")
    }

    @Test("a host's record is what was certain before, then one found change a line")
    func records() throws {
        var certain = HostChanges()
        certain.keys = ["pi": ["ssh-ed25519 AAAAown"], "lavender": ["ssh-ed25519 AAAAown"]]
        let found =
            "account lavender\nshell bob /bin/dash\ngroup bob sudo\nfile /etc/x y\npackage vim\nname rpi\n"
            + "key lavender ssh-ed25519 BBBB\nkey lavender ssh-ed25519 AAAAown\nnonsense\n"
        let record = certain.value.json + "\n" + found
        let changes = try #require(HostChanges(record: record.split(separator: "\n")))
        #expect(changes.accounts == ["lavender"] && changes.shells == ["bob": "/bin/dash"] && changes.memberships == ["bob": "sudo"])
        #expect(changes.packages == ["vim"] && changes.hostName == "rpi")
        #expect(changes.keys["lavender"] == ["ssh-ed25519 AAAAown", "ssh-ed25519 BBBB"] && changes.keys["pi"]?.count == 1)
        // As older versions wrote it.
        #expect(HostChanges(record: [Substring(certain.value.json)]) == certain)
        #expect(HostChanges(record: [Substring]()) == nil)
    }
}
