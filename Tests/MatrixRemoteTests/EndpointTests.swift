import MatrixCore
import MatrixRemote
import Testing

@Suite struct EndpointTests {
    @Test func anEndpointsOptionsTrustNoOtherKey() {
        var endpoint = Endpoint(address: "127.0.0.1", user: "root", keyFile: "/k", knownHostsFile: "/h", alias: "a")
        #expect(endpoint.internalAddress == "127.0.0.1")
        #expect(endpoint.options.contains("StrictHostKeyChecking=accept-new"))
        endpoint.hostKeys = ["ssh-ed25519 AAAA"]
        #expect(endpoint.options.contains("StrictHostKeyChecking=yes"))
        #expect(endpoint.options.contains("HostKeyAlias=a"))
        #expect(endpoint.loginCommand == "ssh -p 22 root@127.0.0.1")
        endpoint.furtherOptions = ["ProxyCommand=ssh -W %h:%p gate"]
        #expect(endpoint.loginCommand == "ssh -o 'ProxyCommand=ssh -W %h:%p gate' -p 22 root@127.0.0.1")
        endpoint.furtherOptions = ["ProxyJump=bastion", "StrictHostKeyChecking=no"]
        // OpenSSH takes the first of two settings.
        #expect(endpoint.options.firstIndex(of: "StrictHostKeyChecking=yes") ?? .max < endpoint.options.count - 2)
        #expect(endpoint.options.suffix(2) == ["ProxyJump=bastion", "StrictHostKeyChecking=no"])
    }

    @Test("without a key nothing keeps ssh from what the user's ssh_config says of keys")
    func keysOfTheUser() {
        var endpoint = Endpoint(address: "pi", user: "pi", keyFile: "", knownHostsFile: "/h", alias: "a", furtherOptions: [])
        #expect(!endpoint.options.contains { $0.hasPrefix("IdentitiesOnly") })
        endpoint.keyFile = "/k"
        #expect(endpoint.options.contains("IdentitiesOnly=yes"))
    }

    @Test("a configuration that stands alone names the address that ssh connects to, once")
    func entries() {
        var endpoint = Endpoint(address: "worker1", port: 2222, user: "pi", keyFile: "/k", knownHostsFile: "/h", alias: "a")
        #expect(endpoint.entry(identity: ["IdentityFile=/k"]).prefix(4) == ["HostName=worker1", "Port=2222", "User=pi", "IdentityFile=/k"])
        endpoint.address = "fe80::1%eth0"
        #expect(endpoint.entry(identity: []).first == "HostName=fe80::1%%eth0")
        endpoint.furtherOptions = ["hostname=127.0.0.1"]
        #expect(endpoint.entry(identity: []).filter { $0.lowercased().hasPrefix("hostname=") } == ["hostname=127.0.0.1"])
    }

    @Test("A path in an option is the path that OpenSSH opens")
    func pathsInOptions() {
        #expect(Endpoint.optionWord("/a/b-c_1,2=3") == "/a/b-c_1,2=3")
        #expect(Endpoint.optionWord("/a%2Fb") == "/a%%2Fb" && Endpoint.optionWord("/a b") == "\"/a b\"")
        #expect(Endpoint.optionWord("/o'brien/#1") == "\"/o'brien/#1\"")
        #expect(Endpoint.optionWord(#"/a"b"#) == #""/a\"b""#)
        #expect(Endpoint.optionWord(#"/a\b"#) == #""/a\b""#, "a backslash before a letter is one")
        #expect(Endpoint.optionWord(#"/a\'b\"#) == #""/a\\'b\\""#, "before a quote it is an escape")
    }
}
