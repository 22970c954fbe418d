import MatrixCore
import Testing

@testable import MatrixChecks

/// The examples of goss's documentation (goss.readthedocs.io, "gossfile"), said in our words, come to the results that it gives.
@Suite struct GossTests {
    private func holds(_ yaml: String, _ output: String) throws -> Bool { try Samples.judge(yaml, output: output).holds }

    /// "matching": contents with matchers, and whether they match.
    @Test(arguments: [
        ("{ matches: 'some str' }", "some string", true), ("{ yaml: { a: { contains: 2 } } }", "a: [2]", true),
        ("{ json: { foo: bar, baz: { matches: '.' } } }", #"{"foo":"bar","baz":"bing"}"#, true),
        ("{ json: { count: { gt: 0 }, failures: 0 } }", #"{"count":14,"failures":3}"#, false), ("{ not: FAIL }", "FAIL", false),
        ("foo", "foo", true),
        ("{ yaml: { a: { contains: [group1, group2] } } }", "a: [group1, group2, group3]", true),
        ("{ yaml: { a: { contains: [group1, group4] } } }", "a: [group1, group2, group3]", false),
        ("{ all: ['42', { matches: '^4' }, { matches: '2$' }, { matches: '\\d{2}' }, { contains: '2' }] }", "42", true),
        ("{ ge: 42, le: 42.0, gt: 40, lt: 45 }", "42", true),
        (
            "{ yaml: { a: { all: [{ contains: [foo, bar] }, { equals: [foo, bar, moo] }, { len: 3 }, { contains: "
                + "{ matches: '^b' } }] } } }",
            "a: [foo, bar, moo]", true
        ),
        ("{ yaml: { a: { equals: [moo, foo, bar] } } }", "a: [foo, bar, moo]", false),
        ("{ version: '>1.0.0, <2.0.0, !=1.5.0' }", "1.0.1", true),
        ("{ version: '>1.0.0, <2.0.0, !=1.5.0' }", "1.5.0", false),
        ("{ any: [{ version: '>5.0.0' }, { version: '<1.5.0' }] }", "1.0.1", true),
        (
            "{ json: { moo.nested: cow, foo: { matches: '^b' }, count: { le: 25 }, moo: { all: [{ contains: nested }, { not: "
                + "{ contains: nested2 } }] } } }",
            #"{"foo":"bar","moo":{"nested":"cow"},"count":"15"}"#, true
        ),
        ("{ all: [{ contains: foo }, { not: { contains: bar } }, { matches: '[Gg]oss' }] }", "a foo\nGoss\n", true),
        ("{ all: [{ contains: foo }, { not: { contains: bar } }] }", "foo\nbar\n", false),
        ("{ matches: 'HELLO!HELLO!HELLO!HELLO!HELLO!' }", "HELLO!HELLO!HELLO!HELLO!HELLO!", true),
    ])
    func matching(_ matcher: String, _ content: String, _ result: Bool) throws {
        #expect(try holds("command: x\nstdout: \(matcher)", content) == result)
    }

    /// Hosts as the examples describe them.
    @Test func resources() throws {
        let home = "40 28 253:1 / /home rw,relatime shared:1 - xfs /dev/mapper/fedora-home rw\nusage=x 1 1 1 94% /home\n"
        let mount = "mount: /home\nsource: /dev/mapper/fedora-home\nfilesystem: xfs\noptions: [rw, relatime]\nusage: { lt: 95 }"
        #expect(try holds(mount, home))
        #expect(try !holds(mount, home.replacing("94%", with: "95%")))
        let eth = "mtu=1500\nstate=up\nflags=0x1003\naddress=172.17.0.2/16\naddress=fe80::42:acff:fe11:2/64\n"
        #expect(try holds("interface: eth0\naddresses: [172.17.0.2/16, fe80::42:acff:fe11:2/64]\nmtu: 1500", eth))
        #expect(try holds("sysctl: net.core.somaxconn\nvalue: \"128\"", "present\n128\n"))
        #expect(try !holds("sysctl: net.core.somaxconn\nvalue: { gt: 200 }", "present\n128\n"))
        let user = "user: nfsnobody\nuid: 65534\ngid: 65534\ngroups: { contains: nfsnobody }\nhome: /var/lib/nfs\nshell: /sbin/nologin"
        #expect(try holds(user, "nfsnobody:x:65534:65534::/var/lib/nfs:/sbin/nologin\nnfsnobody\n"))
        #expect(try holds("group: nfsnobody\ngid: 65534", "nfsnobody:x:65534:\n"))
        #expect(try holds("package: httpd\nversion: { matches: '^2\\.2\\.15' }", "installed 0:2.2.15-1 x86_64\n"))
        #expect(try holds("command: go version\nstdout: go version go1.6 linux/amd64\nstderr: \"\"", "go version go1.6 linux/amd64\n"))
        #expect(try holds("dns: localhost\naddresses: [127.0.0.1, \"::1\"]", "address=127.0.0.1\naddress=::1\n"))
        // "consist-of": nothing else.
        #expect(try !holds("dns: localhost\naddresses: { equals: [127.0.0.1] }", "address=127.0.0.1\naddress=::1\n"))
        #expect(try holds("dns: localhost\naddresses: { equals: [127.0.0.1] }", "address=127.0.0.1\n"))
        let http = try #require(
            try Samples.check(
                "http: { url: \"https://www.google.com\", method: PUT, headers: { Content-Type: text/html }, body: '{\"key\": \"value\"}' }"
            ) as? HTTPCheck)
        #expect(http.judge(HTTPAnswer(status: 200), at: .now).holds && !http.judge(HTTPAnswer(status: 404), at: .now).holds)
    }
}
