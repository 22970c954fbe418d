import MatrixCore
import Testing

@testable import MatrixProvision

@Suite struct ProvisionScriptTests {
    static func script(_ manager: OperatingSystem.PackageManager) -> ProvisionScript {
        let keys = ["ssh-ed25519 AAAA it's mine", "ssh-rsa BBBB"]
        return ProvisionScript(
            [.hostName("web-1"), .hostsFile(own: "web-1", peers: [HostAddress(name: "db-1", address: "10.0.0.2")], domain: "test.lan")]
                + manager.steps(installing: ["vim", "git=1:2"], updatingCache: false)
                + [.account("lavender"), .sudo("lavender", withoutPassword: true), .authorizedKeys(of: "lavender", keys)]
                + [.extra("echo 'a'\nexit 0", number: 1, of: 1), .facts(packages: ["vim"], manager)])
    }

    @Test func stepsAreFollowed() {
        let script = Self.script(.apt)
        let log = ProvisionOutput(script)
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
        #expect(log.step?.type == .provisionPackages)
        #expect(log.failure == "no such package")
        #expect(log.tail == ["E: Unable to locate package vim"])
        #expect(log.facts == ["os.name": "Debian GNU/Linux 12"])
        #expect(say("\(script.mark) begin 99") == nil)
        #expect(log.step == nil)
    }

    @Test func keysAreTheSameDespiteTheirComments() {
        #expect(PublicKeys.identity(of: "ssh-ed25519 AAAA me@here") == "ssh-ed25519 AAAA")
        #expect(PublicKeys.identity(of: #"from="10.0.0.0/8" ssh-rsa BBBB x"#) == "ssh-rsa BBBB")
    }

    @Test func accountNamesAreThoseOfUseradd() {
        for name in ["lavender", "_apt", "a-b_9"] { #expect(ProvisionStep.isAccountName(name)) }
        for name in ["", "-a", "9a", "a b", "Ä", "a;b", "A", String(repeating: "a", count: 33)] {
            #expect(!ProvisionStep.isAccountName(name))
        }
    }
}
