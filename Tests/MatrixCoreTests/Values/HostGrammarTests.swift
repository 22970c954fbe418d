import MatrixCore
import Testing

/// What a platform, a guest or a hostile API says of a host reaches no command line and no configuration unless it is what it should be.
@Suite struct HostGrammarTests {
    static let hostile = [
        "", " ", "-oProxyCommand=touch /tmp/x", "10.88.77.1\n  ProxyCommand touch /tmp/x", "10.0.0.1 evil", "$(id)", "`id`", "a;b", "a|b",
        "a'b",
        "a\"b", "a\u{0}b", "a\u{1b}[2J", "10.0.0.1\u{0}-x", "a*", "a%h", "a%", "../../x",
    ]

    @Test(arguments: hostile) func hostileTextIsNothing(_ text: String) {
        #expect(!HostGrammar.isIPAddress(text))
        #expect(!HostGrammar.isAddress(text))
        #expect(!HostGrammar.isName(text))
        #expect(!HostGrammar.isUser(text))
        #expect(!HostGrammar.isHostKey(text))
        #expect(RunID(shown: text) == nil)
    }

    @Test(arguments: ["192.0.2.7", "2001:db8::7", "fe80::1%eth0", "rpi-1.lan", "host_1", "localhost"]) func addresses(_ text: String) {
        #expect(HostGrammar.isAddress(text))
    }

    @Test(arguments: ["root", "user.name", "user@example.net", "DOMAIN\\user", "machine$", "_apt"]) func users(_ text: String) {
        #expect(HostGrammar.isUser(text))
    }

    @Test(arguments: [
        "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIE+/k3y==", "sk-ssh-ed25519@openssh.com AAAA a comment", "ecdsa-sha2-nistp256 AAAA",
    ])
    func hostKeys(_ text: String) {
        #expect(HostGrammar.isHostKey(text))
        #expect(!HostGrammar.isHostKey(text + "\nssh-rsa AAAA"))
    }

    @Test(arguments: ["261123-050122-k3f9", "check", "an-other"]) func runs(_ text: String) {
        #expect(RunID(shown: text)?.value == text)
    }

    private static let good = Endpoint(
        address: "192.0.2.7", user: "root", keyFile: "/run/a key", knownHostsFile: "/k", alias: "debian12-linode-261123-050122-k3f9",
        hostKeys: ["ssh-ed25519 AAAA"], furtherOptions: ["ProxyCommand=ssh -W %h:%p gate"])

    @Test func aGoodEndpointIsTaken() throws {
        #expect(try Self.good.checked() == Self.good)
    }

    @Test func aPartWithALineBreakIsRefusedAndItsTextIsClean() {
        let parts: [WritableKeyPath<Endpoint, String>] = [
            \.address, \.user, \.alias, \.internalAddress, \.hostKeys[0], \.keyFile,
        ]
        for part in parts {
            var endpoint = Self.good
            endpoint[keyPath: part] += "\n  ProxyCommand touch /tmp/x\u{1b}[2J"
            let error = #expect(throws: InfrastructureError.self) { try endpoint.checked() }
            #expect(error?.type == "matrix.create.host-data" && error?.isTransient == false)
            #expect(error?.why.contains("\u{1b}") == false)
        }
    }

    @Test(arguments: [0, -1, 65536]) func aPortThatIsNoneIsRefused(_ port: Int) {
        var endpoint = Self.good
        endpoint.port = port
        #expect(throws: InfrastructureError.self) { try endpoint.checked() }
    }

    @Test(arguments: ["ProxyJump", "=x", "Proxy Jump=x", "ProxyJump=a\nHost b"]) func aSettingThatIsNoneIsRefused(_ option: String) {
        var endpoint = Self.good
        endpoint.furtherOptions = [option]
        #expect(throws: InfrastructureError.self) { try endpoint.checked() }
    }
}
