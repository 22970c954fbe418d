import MatrixCore
import MatrixFile
import MatrixTesting
import Testing

@testable import MatrixCLI

/// Goss files, read as checks of the real kinds.
@Suite struct GossFileTests {
    private static let cell = CellPlan(
        name: "c", point: [AxisValue(axis: "os", value: "debian12"), AxisValue(axis: "platform", value: "podman")],
        os: OperatingSystem(name: "debian12", family: "debian", packageManager: .apt, release: .init(id: "debian", version: "12")),
        platform: "podman", hosts: [HostPlan(name: "c")])

    private func steps(_ goss: String, item: String = "- goss: goss.yaml", files: [String: String] = [:]) throws -> [StepPlan] {
        let folder = try TemporaryFolder()
        for (name, text) in files.merging(["goss.yaml": goss, "checks.yml": item], uniquingKeysWith: { first, _ in first }) {
            try folder.put(name, text)
        }
        return try MatrixSource.loader(for: nil).loadChecks(CheckFile("\(folder.path)/checks.yml"), for: Self.cell).steps
    }

    /// Each check as JSON with sorted keys.
    private func checks(_ goss: String, item: String = "- goss: goss.yaml", files: [String: String] = [:]) throws -> [String] {
        try steps(goss, item: item, files: files).map(\.options.value.json)
    }

    private func error(_ goss: String, files: [String: String] = [:]) throws -> String {
        try #require(throws: UsageError.self) { try steps(goss, files: files) }.description
    }

    @Test(
        "Each resource becomes a check of ours",
        arguments: [
            ("addr: { 'tcp://db:80': { reachable: true, timeout: 500 } }", [#"{"addr":"db:80","reachable":true,"timeout":"500ms"}"#]),
            (
                "command: { v: { exec: go version, exit-status: 0, stdout: [go1, '!rc', '/^go/', '!/x$/'], stderr: [], timeout: 10000 } }",
                [
                    #"{"command":"go version","exit":0,"name":"v","stdout":{"all":[{"contains":"go1"},{"not":{"contains":"rc"}},"#
                        + #"{"matches":"^go"},{"not":{"matches":"x$"}}]},"timeout":"10000ms"}"#
                ]
            ),
            ("dns: { localhost: { resolvable: true, addrs: [127.0.0.1] } }", [#"{"addresses":["127.0.0.1"],"dns":"localhost"}"#]),
            (
                "dns: { 'CNAME:c.io': { resolvable: true, server: 8.8.8.8, addrs: [a.io.] } }",
                [#"{"answers":["a.io"],"dns":"c.io","server":"8.8.8.8","type":"CNAME"}"#]
            ),
            ("dns: { x: { resolvable: false } }", [#"{"dns":"x","resolves":false}"#]),
            (
                "file: { /etc/passwd: { exists: true, mode: '0644', owner: root, filetype: file, contents: [root] } }",
                [#"{"contains":{"all":[{"contains":"root"}]},"file":"/etc/passwd","mode":"0644","owner":"root","type":"file"}"#]
            ),
            ("file: { /gone: { exists: false, mode: '0644' } }", [#"{"exists":false,"file":"/gone"}"#]),
            (
                "file: { /bin/sh: { exists: true, filetype: symlink, linked-to: dash } }",
                [
                    #"{"file":"/bin/sh","type":"symlink"}"#,
                    #"{"command":"readlink -- /bin/sh","name":"target of /bin/sh","stdout":"dash"}"#,
                ]
            ),
            ("group: { adm: { exists: true, gid: 4 } }", [#"{"gid":4,"group":"adm"}"#]),
            (
                "http: { 'http://x/': { status: 200, body: [ok], request-headers: ['A: b'], allow-insecure: true, timeout: 1000 } }",
                [
                    #"{"body":{"all":[{"contains":"ok"}]},"http":{"headers":{"A":"b"},"tls":{"verify":false},"url":"http://x/"},"#
                        + #""status":200,"timeout":"1000ms"}"#
                ]
            ),
            (
                "interface: { eth0: { exists: true, addrs: [10.0.0.1/8], mtu: 1500 } }",
                [#"{"addresses":["10.0.0.1/8"],"interface":"eth0","mtu":1500}"#]
            ),
            ("kernel-param: { kernel.ostype: { value: Linux } }", [#"{"sysctl":"kernel.ostype","value":"Linux"}"#]),
            (
                "mount: { /home: { exists: true, opts: [rw], source: /dev/sda, filesystem: xfs, usage: { lt: 95 } } }",
                [#"{"filesystem":"xfs","mount":"/home","options":["rw"],"source":"/dev/sda","usage":{"lt":95}}"#]
            ),
            ("package: { httpd: { installed: true, versions: [2.2.15] } }", [#"{"package":"httpd","version":"2.2.15"}"#]),
            ("package: { httpd: { installed: false } }", [#"{"installed":false,"package":"httpd"}"#]),
            (
                "port: { 'tcp:22': { listening: true, ip: [0.0.0.0, 127.0.0.1] }, 'udp6:53': { listening: false } }",
                [
                    #"{"address":"0.0.0.0","name":"port 22 on 0.0.0.0","port":"22"}"#,
                    #"{"address":"127.0.0.1","name":"port 22 on 127.0.0.1","port":"22"}"#,
                    #"{"listening":false,"port":"53","protocol":"udp"}"#,
                ]
            ),
            ("process: { chrome: { running: false } }", [#"{"count":0,"process":"chrome"}"#]),
            ("service: { sshd: { enabled: true, running: true } }", [#"{"enabled":true,"running":true,"service":"sshd"}"#]),
            (
                "service: { sshd: { enabled: false } }",
                [#"{"command":"! systemctl is-enabled --quiet -- sshd","name":"service sshd is not enabled"}"#]
            ),
            (
                "user: { n: { exists: true, uid: { and: { gt: 50, lt: 100 } }, groups: [n], home: { or: [/a, /b] }, title: N } }",
                [
                    #"{"groups":{"contains":["n"]},"home":{"any":["/a","/b"]},"name":"N","uid":{"all":[{"gt":50},{"lt":100}]},"user":"n"}"#
                ]
            ),
            ("user: { n: { exists: true, skip: true }, m: { exists: true, meta: { sev: 5 } } }", [#"{"user":"m"}"#]),
        ])
    func resources(goss: String, expected: [String]) throws {
        #expect(try checks(goss) == expected)
    }

    @Test(
        "Matchers of goss are matchers of ours",
        arguments: [
            ("{ have-prefix: a.b }", #"{"matches":"\\Aa\\.b"}"#), ("{ have-suffix: $ }", #"{"matches":"\\$\\z"}"#),
            ("{ match-regexp: '^a' }", #"{"matches":"^a"}"#), ("{ contain-substring: a }", #"{"contains":"a"}"#),
            ("{ not: { equal: a } }", #"{"not":{"equals":"a"}}"#), ("{ have-len: 3 }", #"{"len":3}"#),
            ("{ contain-element: { have-prefix: a } }", #"{"contains":{"matches":"\\Aa"}}"#),
            ("{ contain-elements: [a, b] }", #"{"contains":["a","b"]}"#),
            ("{ consist-of: [a, b] }", #"{"all":[{"contains":["a","b"]},{"len":2}]}"#),
            ("{ semver-constraint: '> 1.0.0 <2.0.0 || >3' }", #"{"any":[{"version":">1.0.0, <2.0.0"},{"version":">3"}]}"#),
            ("{ gjson: { a.b: { le: 25 }, c: x } }", #"{"json":{"a.b":{"le":25},"c":"x"}}"#),
            ("{ gt: 1, lt: 3 }", #"{"all":[{"gt":1},{"lt":3}]}"#),
        ])
    func matchers(goss: String, expected: String) throws {
        let check = try steps("command: { x: { exit-status: 0, stdout: \(goss) } }")[0]
        #expect(check.options["stdout"]?.value.json == expected)
    }

    @Test(
        "What cannot be asked is an error by name, with its position in the goss file",
        arguments: [
            (
                "matching: { a: { content: 1, matches: 1 } }",
                "goss.yaml:1:1: error: `matching` compares values of the goss file and asks no host"
            ),
            ("http:\n  http://x/:\n    status: 200\n    proxy: http://p", "goss.yaml:4:5: error: `proxy` of goss's `http` cannot be asked"),
            ("service:\n  x: { runlevels: ['3'], enabled: true }", "goss.yaml:2:8: error: `runlevels` of goss's `service` cannot be asked"),
            ("addr: { 'udp://x:53': { reachable: true } }", "only tcp has connections"),
            ("file: { /x: { exists: true, contents: { have-lines: a } } }", "the matcher `have-lines` of goss cannot be asked"),
            ("file: { /x: { exist: true } }", "goss's `file` has no attribute `exist`; did you mean `exists`?"),
            ("fil: { /x: { exists: true } }", "goss has no resource `fil`; did you mean `file`?"),
            ("file:\n  /x:\n    exists: {{ .Vars.x }}", "goss.yaml:3:13: error: templates of goss files cannot be read"),
            ("file: { etc/x: { exists: true } }", "'etc/x' is not an absolute path"),
            ("command: { x: { exit-status: 0, stdout: { gjson: { '@this': 1 } } } }", "the path `@this` of gjson cannot be asked"),
            ("package: { k: { installed: true, versions: { have-len: 3 } } }", "`have-len` of goss's `versions` cannot be asked"),
            ("{}", "asks nothing"), ("gossfile: { goss.yaml: {} }", "names itself"), ("gossfile: { none.yaml: {} }", "no such file"),
            ("gossfile: { 'none*.yaml': {} }", "no file is"),
        ])
    func unaskable(goss: String, message: String) throws {
        let shown = try error(goss)
        #expect(shown.contains(message), "\(shown)")
    }

    @Test("Files that name others are read with them, by name or pattern")
    func includes() throws {
        let files = [
            "app.yaml": "user: { a: { exists: true } }", "more-1.yaml": "user: { b: { exists: true } }", "off.yaml": "nonsense",
        ]
        let goss = "gossfile:\n  app: { file: app.yaml }\n  'more-*.yaml': {}\n  off.yaml: { skip: true }\nuser: { c: { exists: true } }"
        #expect(try checks(goss, files: files) == [#"{"user":"a"}"#, #"{"user":"b"}"#, #"{"user":"c"}"#])
    }

    @Test("The item's own keys are those of each of its checks, and texts are never references of ours")
    func shared() throws {
        let goss = "command: { 'echo ${HOME}': { exit-status: 0, stdout: ['${x}'] } }"
        let steps = try steps(goss, item: "- { goss: goss.yaml, within: 10s, hosts: all, tags: smoke }")
        #expect(steps.count == 1 && steps[0].modifiers.within == .seconds(10) && steps[0].skipped == nil)
        let rendered = try Scope().render(steps[0].options)
        #expect(rendered["command"]?.text == "echo ${HOME}" && rendered["stdout"]?.value.json == #"{"all":[{"contains":"${x}"}]}"#)
    }
}
