import Foundation
import MatrixCore
import MatrixRemote
import MatrixTesting
import Testing

@testable import MatrixProvision

@Suite struct ProvisionScriptTests {
    private static func script(_ manager: OperatingSystem.PackageManager) -> ProvisionScript {
        let keys = ["ssh-ed25519 AAAA it's mine", "ssh-rsa BBBB"]
        return ProvisionScript(
            [.hostName("web-1"), .hostsFile(own: "web-1", peers: [HostAddress(name: "db-1", address: "10.0.0.2")], domain: "test.lan")]
                + manager.steps(installing: ["vim", "git=1:2"], updatingCache: false)
                + [.account("lavender"), .sudo("lavender", withoutPassword: true), .authorizedKeys(of: "lavender", keys)]
                + [.extra("echo 'a'\nexit 0", number: 1, of: 1), .facts(packages: ["vim"], manager)])
    }

    @Test(arguments: OperatingSystem.PackageManager.allCases) func isPOSIXShell(manager: OperatingSystem.PackageManager) async throws {
        let text = Self.script(manager).text
        let local = LocalTransport()
        for shell in ["dash", "bash --posix"] where try await local.run(Command(["sh", "-c", "command -v \(shell)"])).succeeded {
            let result = try await local.run(Command(shell.split(separator: " ").map(String.init) + ["-n"], input: Array(text.utf8)))
            #expect(result.succeeded, "\(result.errorOutput)")
        }
    }

    @Test(
        .enabled(if: Required.orSkipped(FileManager.default.isExecutableFile(atPath: "/usr/bin/shellcheck")), "install shellcheck"),
        arguments: OperatingSystem.PackageManager.allCases)
    func hasNoFindings(manager: OperatingSystem.PackageManager) async throws {
        let result = try await LocalTransport().run(
            Command(["shellcheck", "-s", "sh", "-S", "warning", "-e", "SC2317,SC2329", "-"], input: Array(Self.script(manager).text.utf8)))
        #expect(result.succeeded, "\(result.output)")
    }

    @Test func stepsAreFollowed() {
        let script = Self.script(.apt)
        let log = StepLog(script)
        let say = { (text: String) in log.take(OutputLine(.standardOutput, text))?.text }
        #expect(say("\(script.mark) begin 0") == nil)
        #expect(say("noise") == "noise")
        #expect(say("\(script.mark) changed") == "host name web-1: changed")
        #expect(!log.changedNothing)
        #expect(say("\(script.mark) begin 3") == nil)
        #expect(log.tail.isEmpty)
        #expect(say("E: Unable to locate package vim") == "E: Unable to locate package vim")
        #expect(say("\(script.mark) fact os.name Debian GNU/Linux 12") == nil)
        #expect(say("\(script.mark) failed no such package") == "installing packages: failed")
        #expect(log.step?.word == "packages")
        #expect(log.failure == "no such package")
        #expect(log.tail == ["E: Unable to locate package vim"])
        #expect(log.facts == ["os.name": "Debian GNU/Linux 12"])
        #expect(say("\(script.mark) begin 99") == nil)
        #expect(log.step == nil)
    }

    @Test func keysAreTheSameWhateverTheirComment() {
        #expect(PublicKeys.identity(of: "ssh-ed25519 AAAA me@here") == "ssh-ed25519 AAAA")
        #expect(PublicKeys.identity(of: #"from="10.0.0.0/8" ssh-rsa BBBB x"#) == "ssh-rsa BBBB")
    }

    @Test func keyFilesAreReadAndPrivateKeysRefused() async throws {
        let folder = FileManager.default.temporaryDirectory.path + "/solti-keys-\(UInt32.random(in: 0...UInt32.max))"
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let access = try await RunKeys.make(for: RunID("r1"), in: folder, using: LocalTransport())
        let own = "\(access.publicKey)"
        try "# mine\n\n\(own)\nssh-rsa BBBB other\n".write(toFile: "\(folder)/more", atomically: true, encoding: .utf8)
        let endpoint = Endpoint(address: "a", user: "root", keyFile: access.keyFile, knownHostsFile: "k", alias: "a")
        #expect(try await PublicKeys.all(for: endpoint, ProvisionPlan(keyFiles: ["\(folder)/more"])) == [own, "ssh-rsa BBBB other"])
        try FileManager.default.removeItem(atPath: "\(access.keyFile).pub")
        #expect(try await PublicKeys.all(for: endpoint, ProvisionPlan()).first.map(PublicKeys.identity) == PublicKeys.identity(of: own))
        for file in [access.keyFile, "\(folder)/none"] {
            let error = await #expect(throws: InfrastructureError.self) { try await PublicKeys.all(for: endpoint, ProvisionPlan(keyFiles: [file])) }
            #expect(error?.isTransient == false)
        }
    }

    @Test func accountNamesAreThoseOfUseradd() {
        for name in ["lavender", "_apt", "a-b_9"] { #expect(ProvisionStep.isAccountName(name)) }
        for name in ["", "-a", "9a", "a b", "Ä", "a;b", "A", String(repeating: "a", count: 33)] { #expect(!ProvisionStep.isAccountName(name)) }
    }
}
