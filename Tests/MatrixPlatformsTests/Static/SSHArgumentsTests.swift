import Testing

@testable import MatrixPlatforms

/// Arguments for `ssh` in an inventory's variables.
@Suite struct SSHArgumentsTests {
    @Test(arguments: [
        ("-o ProxyJump=a.example", ["ProxyJump=a.example"]), ("-oProxyJump=a -o 'Compression yes'", ["ProxyJump=a", "Compression=yes"]),
        ("-J user@a:2222 -C -4", ["ProxyJump=user@a:2222", "Compression=yes", "AddressFamily=inet"]),
        (#"-o ProxyCommand="ssh -W '[%h]:%p' \"b c\"""#, [#"ProxyCommand=ssh -W '[%h]:%p' "b c""#]),
        ("-o ControlMaster=auto -o ControlPersist=60s -o UserKnownHostsFile=/dev/null -q -A", ["ForwardAgent=yes"]), ("", []),
        ("-o HostName=127.0.0.1 -o IdentitiesOnly=yes", ["HostName=127.0.0.1", "IdentitiesOnly=yes"]),
    ])
    func areSettings(text: String, settings: [String]) {
        let arguments = SSHArguments([text])
        #expect(arguments.settings == settings && arguments.unknown.isEmpty, "\(arguments)")
    }

    @Test(arguments: [("-F file", ["-F", "file"]), ("-o", ["-o"]), ("-o Nothing", ["-o"]), ("-o 'open", ["-o 'open"])])
    func orAreNamed(text: String, unknown: [String]) {
        #expect(SSHArguments([text]).unknown == unknown)
    }

    @Test("port, user and the key's name count as for ssh: the first of each")
    func whatHasItsOwnPlace() {
        let arguments = SSHArguments(["-p 2222 -l pi", "-o Port=22 -oUser=root -o hostkeyalias=pi-1"])
        #expect(arguments.port == "2222" && arguments.user == "pi" && arguments.hostKeyAlias == "pi-1")
        #expect(arguments.settings.isEmpty && arguments.unknown.isEmpty)
    }

    @Test("what matrix cannot follow is named, not left out")
    func whatCannotBeFollowed() {
        let arguments = SSHArguments(["-o UserKnownHostsFile=/keys -o RemoteCommand=tmux -o SessionType=none"])
        #expect(arguments.hostKeyFiles == ["UserKnownHostsFile=/keys"])
        #expect(arguments.impossible == ["RemoteCommand=tmux", "SessionType=none"] && arguments.settings.isEmpty)
        #expect(SSHArguments(["-o RemoteCommand=none"]).impossible.isEmpty)
    }
}
