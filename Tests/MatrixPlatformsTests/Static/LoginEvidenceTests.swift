import MatrixCore
import MatrixTesting
import Testing

@testable import MatrixPlatforms

/// What OpenSSH says of a login, step by step, and what to do about it.
@Suite struct LoginEvidenceTests {
    private static let machine = PoolMachine(
        name: "pi-1", address: "192.0.2.7", port: 22, user: "pi", key: "/keys/pi", os: "debian12", options: ["ProxyJump=bastion"])

    @Test func theDebugLinesAreShown() async throws {
        let runner = ScriptedTransport()
        runner.answer(
            "ssh -v", error: "debug1: Connecting to 192.0.2.7\nssh: connect to host 192.0.2.7 port 22: Connection refused", exitStatus: 255)
        let shown = try #require(await LoginEvidence(runner: runner).all(of: Self.machine, knownHosts: "/p/known_hosts").first)
        #expect(shown.name == "ssh" && shown.text.hasSuffix("Connection refused"))
        #expect(shown.command == "ssh -v -o ProxyJump=bastion -i /keys/pi -p 22 pi@192.0.2.7 true")
        #expect(shown.advice?.hasPrefix("nothing listens at 192.0.2.7:22") == true)
        let asked = try #require(runner.commands.first).arguments
        #expect(asked.contains("BatchMode=yes") && asked.contains("UserKnownHostsFile=/p/known_hosts"), "it asks nobody: \(asked)")
    }

    @Test(arguments: [
        ("Permission denied (publickey).", "refuses the key"), ("Could not resolve hostname pi", "does not resolve"),
        ("connect to host x port 22: No route to host", "switched on"), ("Host key verification failed.", "host key"),
    ])
    func eachReasonHasItsAdvice(said: String, part: String) {
        #expect(LoginEvidence.advice(said, Self.machine)?.contains(part) == true)
    }
}
