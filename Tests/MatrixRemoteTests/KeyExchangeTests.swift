import MatrixCore
import Testing

@testable import MatrixRemote

/// Which key exchange a login offers first.
@Suite struct KeyExchangeTests {
    private let own = [
        "sntrup761x25519-sha512@openssh.com", "curve25519-sha256", "curve25519-sha256@libssh.org", "ecdh-sha2-nistp256",
    ]

    @Test("curve25519 comes first, and nothing is added or left out")
    func order() {
        #expect(
            KeyExchange.option(own: own, settled: own)
                == "KexAlgorithms=curve25519-sha256,curve25519-sha256@libssh.org,sntrup761x25519-sha512@openssh.com,ecdh-sha2-nistp256")
    }

    @Test("what an ssh_config chooses stays, as does the order of an OpenSSH that has no curve25519 or begins with it")
    func othersChoice() {
        #expect(KeyExchange.option(own: own, settled: ["ecdh-sha2-nistp256"]) == nil)
        #expect(KeyExchange.option(own: ["ecdh-sha2-nistp256"], settled: ["ecdh-sha2-nistp256"]) == nil)
        #expect(KeyExchange.option(own: Array(own.dropFirst()), settled: Array(own.dropFirst())) == nil)
        // An ssh that says nothing of them.
        #expect(KeyExchange.option(own: [], settled: []) == nil)
    }

    @Test("on networks it is OpenSSH's own, and behind a jump host an address says nothing", arguments: ["192.0.2.1", "127.0.0.1"])
    func networks(address: String) async {
        var endpoint = Endpoint(address: address, user: "root", keyFile: "", knownHostsFile: "/h", alias: "a")
        endpoint.furtherOptions = address.hasPrefix("127.") ? ["ProxyJump=bastion"] : nil
        #expect(await KeyExchange.standard.option(for: endpoint) == nil)
    }

    @Test("only the login offers it: sessions share what it agreed on")
    func commandLines() {
        let endpoint = Endpoint(address: "127.0.0.1", user: "root", keyFile: "/k", knownHostsFile: "/h", alias: "a")
        let line = SSHCommandLine(endpoint: endpoint, socket: "/s", exchange: "KexAlgorithms=x")
        #expect(line.master.contains("KexAlgorithms=x"))
        #expect(!line.session(["true"]).contains("KexAlgorithms=x"))
    }
}
