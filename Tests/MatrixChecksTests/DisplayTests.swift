import MatrixCore
import Testing

@testable import MatrixChecks

/// The command under "see it with" shows what was asked for.
@Suite struct DisplayTests {
    @Test(arguments: [
        ("file: /a b\ncontains: x", "cat -- '/a b'"), ("file: /a", "stat -L -- /a"), ("file: /a\nexists: false", "stat -L -- /a"),
        ("file: /a\nmode: \"0644\"", "stat -L -- /a"), ("file: /a\ntype: symlink", "stat -- /a"), ("file: /a\njson: { a: 1 }", "cat -- /a"),
        ("file: /a\nyaml: { a: 1 }", "cat -- /a"), ("file: /a\nsha256: 00", "sha256sum -- /a"),
        ("file: /a\nowner: root\ncontains: x", "sh -c 'stat -L -- /a; cat -- /a'"),
        ("file: /a\nsha256: 00\ncontains: x", "sh -c 'sha256sum -- /a; cat -- /a'"), ("user: x", "id x"),
        ("user: x\nshell: /bin/sh", "getent passwd x"), ("user: x\nhome: /x\ngroups: x", "sh -c 'getent passwd x; id x'"),
    ])
    func theCommandFits(yaml: String, command: String) throws {
        #expect(try Samples.check(yaml).display.display == command)
    }
}
