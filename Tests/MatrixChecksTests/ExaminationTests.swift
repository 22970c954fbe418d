import Foundation
import Testing

@testable import MatrixChecks
@testable import MatrixCore

/// What is found wrong before anything is created.
@Suite struct ExaminationTests {
    @Test(arguments: [
        ("service: ''", "checks.yml:1:10: error: service is empty; write a name after service:"),
        ("command: x\nstdout: {}", "checks.yml:2:9: error: this asserts nothing; write a value, or an operator such as { contains: text }"),
        ("command: \"a\\0b\"", "checks.yml:1:10: error: command holds a NUL character; remove \\0"),
        (
            "package: x\ninstalled: false\nversion: '1'",
            "checks.yml:3:1: error: version cannot be used with installed: false; remove version, or installed: false"
        ),
        (
            "package: x\nversion: latest!",
            "checks.yml:2:10: error: 'latest!' is not a version; write a version with or without <, <=, =, !=, >= or > before it, "
                + "such as \">=1.30\" or \">=1.30, <2\""
        ),
        ("file: etc/passwd", "checks.yml:1:7: error: 'etc/passwd' is not an absolute path; begin the path with /"),
        (
            "file: /x\nmode: 999",
            "checks.yml:2:7: error: no file has the mode `999`; write at most four octal digits (0 to 7), such as \"0644\""
        ),
        (
            "file: /x\nmode: { one_of: ['0644', rw-r--r--] }",
            "checks.yml:2:26: error: no file has the mode `rw-r--r--`; write at most four octal digits (0 to 7), such as \"0644\""
        ),
        (
            "file: /x\nexists: false\nmode: '0644'",
            "checks.yml:3:1: error: mode cannot be used with exists: false; remove mode, or exists: false"
        ),
        (
            "file: /x\njson: {}",
            "checks.yml:2:7: error: this asserts nothing; write paths with what must be there, such as { status: pass }"
        ),
        (
            "user: x\nshell: { matches: '[' }",
            "checks.yml:2:19: error: '[' is not a regular expression; write \\ before a literal (, [, {, + or *"
        ),
        ("port: 22\nfrom: runner\nprocess: sshd", "checks.yml:3:1: error: process cannot be seen from elsewhere; remove process, or from:"),
        (
            "port: 53\nfrom: client\nprotocol: udp",
            "checks.yml:2:7: error: a udp port cannot be seen from elsewhere; remove from:, or ask by addr: with send:"
        ),
        ("mount: data", "checks.yml:1:8: error: 'data' is not an absolute path; begin the path with /"),
        (
            "mount: /x\nmounted: false\nusage: { lt: 9 }",
            "checks.yml:3:1: error: usage cannot be used with mounted: false; remove usage, or mounted: false"
        ),
        (
            "sysctl: vm.swappiness\nvalue: {}",
            "checks.yml:2:8: error: this asserts nothing; write a value, or an operator such as { contains: text }"
        ),
        (
            "dns: x\nresolves: false\naddresses: [1.2.3.4]",
            "checks.yml:3:1: error: addresses cannot be used with resolves: false; remove addresses, or resolves: false"
        ),
        ("dns: x\ntype: MX\naddresses: [1.2.3.4]", "checks.yml:3:1: error: records of type MX are not addresses; write answers: instead"),
        ("dns: x\nserver: 1.2.3.4:no", "checks.yml:2:9: error: '1.2.3.4:no' is not a name server; write an address, with or without :PORT"),
        (
            "addr: localhost",
            "checks.yml:1:7: error: 'localhost' is not an address with a port; write HOST:PORT; put an IPv6 address in brackets"
        ),
        (
            "addr: x:1\nprotocol: udp",
            "checks.yml:2:11: error: udp has no connections: only an answer shows that the port is reachable; write send: "
                + "with a message that the service answers"
        ),
        (
            "addr: x:1\nsend: a",
            "checks.yml:2:1: error: send works with udp only; add protocol: udp, or remove send; for a conversation over tcp use command:"
        ),
        (
            "service: \"ssh*\"",
            "checks.yml:1:10: error: `ssh*` is a pattern, and the check asks about one unit; write a check for each unit; "
                + "for a pattern use command: systemctl list-units"
        ),
        (
            "service: worker@",
            "checks.yml:1:10: error: `worker@` is a template, and only its instances run; name an instance, such as worker@1"
        ),
        (
            "service: getty@.service",
            "checks.yml:1:10: error: `getty@.service` is a template, and only its instances run; name an instance, such as getty@1.service"
        ),
        (
            "journal: [ssh, worker@]",
            "checks.yml:1:16: error: `worker@` is a template, and only its instances run; name an instance, such as worker@1"
        ),
        ("journal: []", "checks.yml:1:10: error: journal names no unit; write [UNIT, …], or all for everything"),
        (
            "journal: x\nignore: ['']",
            "checks.yml:2:10: error: an empty expression ignores everything; write an expression for the messages to ignore"
        ),
        (
            "journal: x\nignore: ['(?=a)b']",
            "checks.yml:2:10: error: '(?=a)b' has a look-ahead, which is not supported; write it without; not:, all: "
                + "and any: combine matchers"
        ),
        (
            "query: http://x/{marker}\nwrite: logger hello",
            "checks.yml:2:8: error: write has no {marker}: what is found may be older; put {marker} into write:"
        ),
        (
            "query: http://x/{marker}",
            "checks.yml:1:1: error: the check `query` needs `write`, or `recall`; write the command that writes {marker}"
        ),
        (
            "query: http://x/{marker}\nwrite: logger {marker}\nrecall: a",
            "checks.yml:2:1: error: write cannot be used with recall, which looks for what was written earlier; remove write:"
        ),
        (
            "command: x\nremember: a\nrecall: a",
            "checks.yml:3:1: error: a check cannot both remember and recall; write two checks"
        ),
        (
            "query: http://x/\nwrite: logger {marker}\njson: { status: ok }",
            "checks.yml:1:8: error: nothing asks for the {marker}; write {marker} into the URL, body: or json:"
        ),
        (
            "script: ./no-such.sh",
            "checks.yml:1:9: error: there is no file \(FileManager.default.currentDirectoryPath)/no-such.sh; "
                + "relative paths are relative to the file that names them"
        ),
        (
            "script: /bin/true\nformat: plain\nreport: /x",
            "checks.yml:3:9: error: a plain output has no report; remove report, or write format: junit"
        ),
        (
            "http: localhost:80",
            "checks.yml:1:7: error: 'localhost:80' is not an http or https URL; write it as http://HOST:PORT/PATH or https://…"
        ),
        ("http: { method: GET }", "checks.yml:1:7: error: http names no URL; write it as http://HOST:PORT/PATH or https://…"),
        (
            "http: http://x/\nmethod: POST\nbody: data",
            "checks.yml:3:7: warning: body beside http: is what the answer must be, not what is sent; to send a body, write http: { url: "
                + "…, method: POST, body: … }"
        ),
        (
            "http: http://x/\ncertificate: { valid_for: 14d }",
            "checks.yml:2:1: error: certificate on a URL without TLS; write the URL with https://"
        ),
        ("http: https://x/\ncertificate: {}", "checks.yml:2:14: error: certificate asserts nothing; write { valid_for: 14d }"),
        (
            "http: https://x/\ntls: { verify: false, ca: a.pem }",
            "checks.yml:2:27: error: ca has no meaning if the certificate is not verified; remove ca, or verify: false"
        ),
        (
            "http: { url: https://x/, auth: { user: a, bearer: b } }",
            "checks.yml:1:32: error: auth has both a bearer token and a user; keep one of them"
        ),
        (
            "http: http://x/\nauth: { password: b }",
            "checks.yml:2:7: error: auth names no credentials; write { user: …, password: … } or { bearer: … }"
        ),
        (
            "http: { url: http://x/, method: PUT }\nmethod: PUT",
            "checks.yml:2:9: error: method is set both in the request and beside it; keep the one inside http:"
        ),
    ])
    func problems(_ yaml: String, _ expected: String) throws {
        #expect(try Samples.examine(yaml) == [expected])
    }

    @Test(arguments: [
        "service: worker@1", "service: getty@tty1.service", "service: a.b@c.socket", "journal: \"ssh*\"", "service: \"${vars.unit}@\"",
        "service: x\\x2dy", "service: user@1000.service", "service: dev-disk.device",
    ])
    func namesOfUnitsThatAreRight(_ yaml: String) throws { #expect(try Samples.examine(yaml) == []) }

    /// Only the run knows what a reference means.
    @Test func aPatternThatComesFromAReferenceIsNoVerdict() {
        #expect(throws: UsageError.self) { try Samples.check("service: \"ssh*\"") }
        #expect(throws: UsageError.self) { try Samples.check("journal: worker@") }
    }

    @Test func everyKindIsDeclaredWithAnExampleThatIsRight() throws {
        let kinds = CheckRunner().declarations.map(\.kind)
        #expect(
            kinds == [
                "service", "package", "port", "http", "command", "file", "process", "user", "group", "mount", "sysctl", "interface", "dns",
                "addr", "os", "journal", "query",
                "kubernetes", "script",
            ])
        for declaration in CheckRunner().declarations {
            #expect(try Samples.examine(declaration.example) == [], "\(declaration.kind)")
            #expect(try Samples.kind(of: YAMLDocument.read(declaration.example)) == declaration.kind)
            _ = try Samples.check(declaration.example)
            #expect(!declaration.summary.hasSuffix("."))
        }
    }

    @Test func everyDocumentedExampleIsRight() throws {
        let examples = try DocumentedChecks.read()
        #expect(Set(try examples.map { try Samples.kind(of: $0) }) == Set(CheckRunner().declarations.map(\.kind)))
        for example in examples {
            let kind = try #require(Samples.type(try Samples.kind(of: example)))
            #expect(kind.declaration.examine(example) == [], "\(example)")
            _ = try kind.init(CheckItem(kind: kind.declaration.kind, options: example, os: Samples.debian))
        }
    }

    @Test func addressesOfURLs() throws {
        let url = try #require(HTTPAddress("https://me:p%20w@[::1]:8443/a?b#c"))
        #expect(url.host == "::1")
        #expect(url.port == 8443)
        #expect(url.header == "[::1]:8443")
        #expect(url.target == "/a?b")
        #expect(url.shown == "https://[::1]:8443/a")
        #expect(HTTPAddress("http://x?y")?.whole == "http://x/?y")
        #expect(HTTPAddress("https://x")?.port == 443)
        for text in [
            "", "x", "ftp://x/", "http://", "http://:80/", "http://x:0/", "http://x:y/", "http://a b/", "http://ä/", "http://x/\n",
        ] {
            #expect(HTTPAddress(text) == nil, "\(text)")
        }
    }

    @Test(
        "A URL is sent as it is written: encoded once, and only what must be",
        arguments: [
            ("/a%2Fb|c", "/a%2Fb%7Cc"), ("/a%2fb", "/a%2fb"), ("//a/../b;c=d,e", "//a/../b;c=d,e"), ("/100%", "/100%25"),
            ("/%zz?%4", "/%25zz?%254"),
            (#"/q?query=up{job="a b"}[5m]"#, "/q?query=up%7Bjob=%22a%20b%22%7D%5B5m%5D"),
            ("/q?query=%7Bjob%3D%22a%22%7D|=x", "/q?query=%7Bjob%3D%22a%22%7D%7C=x"), ("/ä?ß=€", "/%C3%A4?%C3%9F=%E2%82%AC"),
            ("?a=b?c/d:@!$&'()*+,;=-._~", "/?a=b?c/d:@!$&'()*+,;=-._~"), ("/x?", "/x?"), ("/a#b%|", "/a"),
        ])
    func targetsOfURLs(written: String, sent: String) throws {
        #expect(try #require(HTTPAddress("http://x\(written)")).target == sent)
    }

    @Test(arguments: ["http://[fe80::1%25eth0]:81/", "http://[fe80::1%eth0]:81/"])
    func `A zone of IPv6 is not for the server`(text: String) throws {
        let url = try #require(HTTPAddress(text))
        #expect(url.host == "fe80::1%eth0" && url.header == "[fe80::1]:81" && url.isLiteral)
        #expect(url.whole == "http://[fe80::1%25eth0]:81/" && url.url(port: 5) == "http://[fe80::1%25eth0]:5/")
    }

    @Test func credentialsAreInNoCommandLine() throws {
        let check = try Samples.check(
            "http: { url: \"http://me:hunter2@x/\", headers: { Authorization: hunter2, X-A: b }, auth: { bearer: hunter2 } }")
        #expect(check.display.display == "curl -sS -i -H 'X-A: b' http://x/")
    }
}
