import Testing

@testable import MatrixPlatforms

/// Arguments for `ssh` in an inventory's variables.
@Suite struct SSHArgumentsTests {
    @Test(arguments: [
        ("-o ProxyJump=a.example", ["ProxyJump=a.example"]), ("-oProxyJump=a -o 'Compression yes'", ["ProxyJump=a", "Compression=yes"]),
        ("-J user@a:2222 -C -4", ["ProxyJump=user@a:2222", "Compression=yes", "AddressFamily=inet"]),
        (#"-o ProxyCommand="ssh -W '[%h]:%p' \"b c\"""#, [#"ProxyCommand=ssh -W '[%h]:%p' "b c""#]),
        ("-o ControlMaster=auto -o ControlPersist=60s -o UserKnownHostsFile=/dev/null -q -A", []), ("", []),
    ])
    func areSettings(text: String, settings: [String]) {
        let arguments = SSHArguments([text])
        #expect(arguments.settings == settings && arguments.unknown.isEmpty, "\(arguments)")
    }

    @Test(arguments: [("-F file", ["-F", "file"]), ("-o", ["-o"]), ("-o Nothing", ["-o"]), ("-o 'open", ["-o 'open"])])
    func orAreNamed(text: String, unknown: [String]) {
        #expect(SSHArguments([text]).unknown == unknown)
    }
}
