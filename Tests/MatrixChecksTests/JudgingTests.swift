import MatrixCore
import Testing

@testable import MatrixChecks

/// Verdicts on canned answers of hosts that are not at hand.
@Suite struct JudgingTests {
    private let active = "LoadState=loaded\nActiveState=active\nSubState=running\nNRestarts=0\nResult=success\nEnablement=enabled\n"

    @Test func servicesRunAndAreEnabled() throws {
        #expect(try Samples.judge("service: telegraf", output: active).holds)
        let dead =
            active.replacing("active\nSubState=running", with: "failed\nSubState=failed").replacing("success", with: "exit-code")
            + "\n× telegraf.service\n  last lines\n"
        let judgement = try Samples.judge("service: telegraf", output: dead)
        #expect(judgement.message == "running: expected true, observed false (failed, result exit-code)")
        #expect(judgement.explanation.contains("× telegraf.service\n  last lines"))
        #expect(try Samples.judge("service: telegraf\nrunning: false", output: dead).holds)
    }

    @Test(arguments: ["enabled", "enabled-runtime", "static", "alias", "generated"]) func countsAsEnabled(_ word: String) throws {
        #expect(try Samples.judge("service: x", output: active.replacing("Enablement=enabled", with: "Enablement=\(word)")).holds)
    }

    @Test(arguments: ["disabled", "masked", "linked", "transient", "indirect", ""]) func doesNotCountAsEnabled(_ word: String) throws {
        let output = active.replacing("Enablement=enabled", with: "Enablement=\(word)")
        #expect(try Samples.judge("service: x", output: output).message == "enabled: expected true, observed false (\(word))")
        #expect(try Samples.judge("service: x\nenabled: false", output: output).holds)
    }

    @Test func servicesThatAreUnknownMaskedOrRestarted() throws {
        let unknown = try Samples.judge("service: telegrav", output: "LoadState=not-found\nActiveState=inactive\n")
        #expect(unknown.message == "unit: expected a unit named telegrav, observed systemd knows no such unit")
        let masked = "LoadState=masked\nActiveState=inactive\nSubState=dead\nNRestarts=0\nEnablement=masked\n"
        #expect(try Samples.judge("service: x\nmasked: true", output: masked).holds)
        #expect(try Samples.judge("service: x\nmasked: false", output: masked).findings.map(\.holds) == [false, false, false])
        let restarted = active.replacing("NRestarts=0", with: "NRestarts=3")
        #expect(
            try Samples.judge("service: x\nrestarts: { max: 0 }", output: restarted).message == "restarts: expected at most 0, observed 3")
        #expect(try Samples.judge("service: x\nrestarts: { max: 3 }", output: restarted).holds)
    }

    /// A service that systemd had to start again is no healthy one, unless the file allows it.
    @Test(
        arguments: [
            // Seconds since the last restart, seconds since the deploy began (nil: nothing was deployed), and whether it fails.
            (5.0, 600.0, true), (599, 600, true), (900, 600, false), (5, nil, true), (300, nil, false), (30, 2, true), (nil, 600, true),
        ] as [(Double?, Double?, Bool)])
    func restartsSinceTheDeployFail(_ age: Double?, _ deploy: Double?, _ fails: Bool) throws {
        let output = active.replacing("NRestarts=0", with: "NRestarts=3") + (age.map { "Age=\(Int(nearest: $0))\n" } ?? "")
        func judge(_ yaml: String) throws -> Judgement {
            var item = try Samples.item(yaml)
            item.deployStarted = deploy.map { Timestamp.now + .seconds(-$0) }
            return try ServiceCheck(item).judge(ProbeAnswer(output: Array(output.utf8)))
        }
        let judgement = try judge("service: x")
        #expect(judgement.holds != fails, "\(judgement.message ?? "")")
        if fails {
            #expect(
                judgement.message?.hasPrefix(
                    "restarts: expected none since the deploy began (restarts: { max: 3 } would allow these), observed 3") == true,
                "\(judgement.message ?? "")")
        }
        #expect(try judge("service: x\nrestarts: { max: 3 }").holds)
        #expect(try judge("service: x\nrunning: true").holds != fails)
        #expect(try judge("service: x\nrunning: false").findings.map(\.aspect) == ["running", "enabled"])
    }

    @Test func aHostWithoutSystemdHasNoVerdict() throws {
        #expect(throws: Unanswered("the host has no systemctl", detail: "the host has no systemctl\n")) {
            try Samples.judge("service: x", error: "the host has no systemctl\n", status: 69)
        }
    }

    @Test func packagesByRPM() throws {
        let output = "installed 0:5.14.0-427.el9 x86_64\ninstalled 0:5.14.0-503.el9 x86_64\n"
        #expect(try Samples.judge("package: kernel\nversion: \">=5.14.0-500\"", output: output, os: Samples.rocky).holds)
        let old = try Samples.judge("package: kernel\nversion: \">=6\"", output: output, os: Samples.rocky)
        #expect(old.message == "version: expected version >=6, observed \"5.14.0-427.el9\"")
        #expect(try Samples.judge("package: kernel", output: "", os: Samples.rocky).message == "installed: expected true, observed false")
        #expect(try Samples.judge("package: telnet\ninstalled: false", output: "", os: Samples.rocky).holds)
        #expect(
            try Samples.judge("package: x", output: "config-files 1.0 all\n").message
                == "installed: expected true, observed false (config-files)")
        #expect(try Samples.judge("package: x\nversion: { matches: '^1\\.' }", output: "installed 1.0 all\n").holds)
    }

    @Test func portsOfAllFamilies() throws {
        // Taken from a Debian 12 host: prometheus on ::9090, sshd on 0.0.0.0:22, a resolver on 127.0.0.53:53.
        let output = """
               0: 00000000:0016 00000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 1111 1 0000000000000000 100 0 0 10 0
               1: 3500007F:0035 00000000:0000 0A 00000000:00000000 00:00000000 00000000   101        0 2222 1 0000000000000000 100 0 0 10 5
               0: 00000000000000000000000000000000:2382 00000000000000000000000000000000:0000 0A 00000000:00000000 \
            00:00000000 00000000   110 0 3333 1 0 100
               1: B80D0120000000000000000001000000:2383 00000000000000000000000000000000:0000 0A 00000000:00000000 \
            00:00000000 00000000   110 0 4444 1 0 100
            holders
            3333 prometheus
            3333 prometheus-real
            """
        #expect(try Samples.judge("port: 9090\naddress: \"::\"\nprocess: prometheus-real", output: output).holds)
        #expect(try Samples.judge("port: 9091\naddress: 2001:db8::1", output: output).holds)
        #expect(try Samples.judge("port: 53\naddress: { one_of: [127.0.0.53] }", output: output).holds)
        #expect(
            try Samples.judge("port: 22\naddress: 127.0.0.1", output: output).message
                == "address: expected \"127.0.0.1\", observed \"0.0.0.0\"")
        #expect(
            try Samples.judge("port: 9090\nprocess: nginx", output: output).message
                == "process: expected \"nginx\", observed \"prometheus\"")
        #expect(
            try Samples.judge("port: 3100", output: output).message
                == "listening: expected true, observed false (listening on tcp: 22, 53, 9090, 9091)")
        #expect(try Samples.judge("port: 3100\nlistening: false", output: output).holds)
        #expect(throws: Unanswered.self) { try Samples.judge("port: 22\nprocess: sshd", output: output) }
    }

    @Test(arguments: [
        ("00000000000000000000000000000001", "::1"), ("20010db8000000000000000000000001", "2001:db8::1"),
        ("00000000000000000000ffff7f000001", "::ffff:127.0.0.1"),
        ("20010db8000100000001000000000001", "2001:db8:1:0:1::1"), ("fe800000000000000000000000000000", "fe80::"),
        ("00010002000300040005000600070008", "1:2:3:4:5:6:7:8"),
    ])
    func addressesOfIPv6(_ hexadecimal: String, _ text: String) {
        let bytes = stride(from: 0, to: 32, by: 2).compactMap { UInt8(hexadecimal.dropFirst($0).prefix(2), radix: 16) }
        #expect(IPv6Text.text(bytes) == text)
    }

    @Test func theSystemOfAHost() throws {
        let rocky = "NAME=\"Rocky Linux\"\nID=\"rocky\"\nVERSION_ID=\"9.5\"\n"
        #expect(try Samples.judge("os: {}", output: rocky, os: Samples.rocky).holds)
        #expect(
            try Samples.judge("os: {}", output: rocky.replacing("9.5", with: "95"), os: Samples.rocky).message
                == "VERSION_ID: expected 9, observed 95")
        #expect(try Samples.judge("os: {}", output: "ID=debian\n", os: Samples.debian).message == "VERSION_ID: expected 12, observed none")
    }

    @Test func hugeFilesHaveNoVerdictUnlessTheyFitAnyway() throws {
        let facts = "644|root|root|9000000|regular file\n\ncontent\n"
        let content = String(repeating: "x", count: FileCheck.limit + 1)
        for matcher in ["contains: y", "contains: { matches: y }", "contains: { not: { contains: y } }", "json: { a: 1 }"] {
            let judgement = try Samples.judge("file: /x\n\(matcher)", output: facts + content)
            let error = try #require(throws: Unanswered.self) { try judgement.settled() }
            #expect(error.why.hasSuffix("only its first 4.0 MiB were read"), "\(error.why)")
        }
        #expect(try Samples.judge("file: /x\ncontains: xx", output: facts + content).settled().holds)
        #expect(try !Samples.judge("file: /x\ncontains: { not: { contains: xx } }", output: facts + content).settled().holds)
    }

    /// What was not read may hold anything.
    @Test(
        arguments: [
            ("{ contains: ERROR }", nil), ("{ not: { contains: ERROR } }", nil), ("{ contains: fine }", true),
            ("{ not: { contains: fine } }", false), ("{ matches: '^fine$' }", true), ("{ matches: '^last$' }", nil),
            ("{ matches: 'fine\\z' }", nil),
            ("{ matches: last }", nil), ("{ len: { gt: 1 } }", nil), ("fine", false), ("{ not: fine }", true), ("{ json: { a: 1 } }", nil),
            ("{ yaml: { a: 1 } }", nil), ("{ gt: 1 }", nil), ("{ version: '>1' }", nil),
            ("{ any: [{ contains: ERROR }, { contains: fine }] }", true),
            ("{ all: [{ contains: ERROR }, { not: { contains: fine } }] }", false), ("{ one_of: [a, b] }", false),
        ] as [(String, Bool?)])
    func theBeginningOfAnOutputDecidesOnlyWhatItCan(_ matcher: String, _ holds: Bool?) throws {
        for stream in ["stdout", "stderr"] {
            let check = try #require(try Samples.check("command: x\n\(stream): \(matcher)") as? CommandCheck)
            let text = Array("all is\nfine\nlast".utf8)
            let answer =
                stream == "stdout" ? ProbeAnswer(output: text, outputIsCut: true) : ProbeAnswer(error: text, errorIsCut: true)
            let judgement = try check.judge(answer)
            if let holds {
                #expect(try judgement.settled().holds == holds, "\(judgement.message ?? "")")
            } else {
                #expect(throws: Unanswered.self, "\(matcher)") { try judgement.settled() }
            }
        }
    }

    @Test func aCutOutputDoesNotHideAWrongExit() throws {
        let check = try #require(try Samples.check("command: x\nstdout: { not: { contains: ERROR } }") as? CommandCheck)
        let answer = ProbeAnswer(end: .status(1), output: Array("fine".utf8), outputIsCut: true)
        #expect(try check.judge(answer).settled().message == "exit: expected 0, observed 1 (and 1 more)")
    }

    /// An answer of a built-in script that is longer than what is read says nothing.
    @Test(arguments: [
        "process: x\ncount: 0", "port: 80\nlistening: false", "mount: /x\nmounted: false", "user: x\nexists: false",
        "package: x\ninstalled: false", "service: x\nrunning: false\nenabled: false", "interface: x\nexists: false",
        "group: x\nexists: false",
    ])
    func aCutTableIsNoVerdict(_ yaml: String) throws {
        let check = try #require(try Samples.check(yaml) as? any ProbedCheck)
        let error = try #require(throws: Unanswered.self) {
            try check.judge(ProbeAnswer(output: Array("x".utf8), outputIsCut: true))
        }
        #expect(error.why == "the host's answer is longer than the 1 B that are read")
    }

    /// Tables that hold nothing were not read.
    @Test(arguments: [
        ("process: x\ncount: 0", ""), ("process: x\ncount: 0", "asker 7\nstatus\n/proc/1/status:Name:\tsystemd\nprograms\n"),
        ("mount: /x\nmounted: false", ""), ("addr: x:1\nreachable: false", ""),
        ("user: x\ngroups: { not: { contains: sudo } }", "x:x:1:1::/:/bin/sh\n"),
    ])
    func anEmptyTableIsNoVerdict(_ yaml: String, _ output: String) {
        #expect(throws: Unanswered.self) { try Samples.judge(yaml, output: output) }
    }

    @Test func aTableOfProcessesIsWholeWithTheFirstOne() throws {
        let table = "status\n/proc/1/status:Name:\tsystemd\n/proc/7/status:Name:\tsh\nprograms\n"
        // The environment of another account does not name the shell that asks.
        for asker in ["asker \n", "asker 7\n"] { #expect(try Samples.judge("process: x\ncount: 0", output: asker + table).holds) }
        #expect(throws: Unanswered.self) { try Samples.judge("process: x\ncount: 0", output: "asker 9\n" + table) }
    }

    @Test func anAddressWhoseNameIsUnknownIsNotShownToBeClosed() throws {
        for why in ["Name or service not known", "Temporary failure in name resolution"] {
            let output = "status=1\nwhy=\(why)\n"
            #expect(throws: Unanswered.self) { try Samples.judge("addr: db.exmaple.org:5432\nreachable: false", output: output) }
            #expect(
                try Samples.judge("addr: db.exmaple.org:5432", output: output).message
                    == "reachable: expected true, observed false (\(why))")
        }
        #expect(try Samples.judge("addr: x:1\nreachable: false", output: "status=1\nwhy=Connection refused\n").holds)
        #expect(try Samples.judge("addr: x:1\nreachable: false", output: "status=124\n").holds)
    }

    @Test func ownersAreNamesOrNumbers() throws {
        let named = "644|app|daemon|3|regular file|1000|1\n\n"
        let unnamed = "644|UNKNOWN|UNKNOWN|3|regular file|4711|0\n\n"
        for matcher in ["app", "1000", "'1000'", "{ not: 0 }", "{ ge: 1000 }", "{ one_of: [root, app] }", "{ one_of: [root, 1000] }"] {
            #expect(try Samples.judge("file: /x\nowner: \(matcher)", output: named).holds, "\(matcher)")
        }
        for matcher in ["{ not: 1000 }", "{ not: app }", "1001", "{ lt: 1000 }", "{ not: { one_of: [x, 1000] } }"] {
            #expect(try !Samples.judge("file: /x\nowner: \(matcher)", output: named).holds, "\(matcher)")
        }
        #expect(try Samples.judge("file: /x\nowner: 4711\ngroup: 0", output: unnamed).holds)
        #expect(
            try Samples.judge("file: /x\nowner: app", output: unnamed).message == "owner: expected \"app\", observed \"4711\"")
    }
}

/// Verdicts on canned answers of the kinds that read tables.
@Suite struct TableJudgingTests {
    private let mountinfo = """
        22 28 0:21 / /proc rw,nosuid,nodev - proc proc rw
        28 1 253:0 / / rw,relatime shared:1 - ext4 /dev/vda1 rw,errors=remount-ro
        40 28 253:1 / /mnt/with\\040blank ro,noexec - xfs /dev/vdb ro,attr2
        41 28 0:30 / /data rw - tmpfs tmpfs rw,size=100k
        42 41 253:2 / /data rw,noatime shared:9 master:2 - ext4 /dev/vdc rw,discard
        usage=/dev/vda1 100 81 19 81% /
        """

    @Test func mounts() throws {
        #expect(
            try Samples.judge(
                "mount: /\nfilesystem: ext4\nsource: /dev/vda1\noptions: [relatime, errors=remount-ro]\nusage: { lt: 90 }",
                output: mountinfo
            ).holds)
        #expect(try Samples.judge("mount: /mnt/with blank/\noptions: { not: { contains: rw } }", output: mountinfo).holds)
        #expect(try Samples.judge("mount: /data\nfilesystem: ext4\noptions: noatime", output: mountinfo).holds)
        #expect(try Samples.judge("mount: /home\nmounted: false", output: mountinfo).holds)
        #expect(try Samples.judge("mount: /home", output: mountinfo).message == "mounted: expected true, observed false")
        #expect(try Samples.judge("mount: /\nusage: { le: 80 }", output: mountinfo).message == "usage: expected at most 80, observed 81")
        #expect(try Samples.judge("mount: /\nusage: { le: 80 }", output: "28 1 253:0 / / rw - ext4 /dev/vda1 rw\nusage=").holds == false)
    }

    @Test func parametersAndInterfaces() throws {
        #expect(try Samples.judge("sysctl: a.b\nvalue: 1", output: "present\n1\n").holds)
        #expect(try Samples.judge("sysctl: a.b\nvalue: 4096 87380 6291456", output: "present\n4096\t87380\t6291456\n").holds)
        #expect(
            try Samples.judge("sysctl: a.b\nvalue: { ge: 2 }", output: "present\n1\n").message
                == "value: expected at least 2, observed \"1\"")
        #expect(
            try Samples.judge("sysctl: a.b\nvalue: 0", output: "absent\n").message
                == "parameter: expected a parameter named a.b, observed the kernel has none")
        let eth = "mtu=1500\nstate=up\nflags=0x1003\naddress=10.0.2.15/24\naddress=fe80::1/64\n"
        #expect(try Samples.judge("interface: eth0\nup: true\nmtu: 1500\naddresses: 10.0.2.15", output: eth).holds)
        #expect(try Samples.judge("interface: eth0\naddresses: [10.0.2.15/24, fe80::1/64]", output: eth).holds)
        #expect(try !Samples.judge("interface: eth0\naddresses: [10.0.2.15/16]", output: eth).holds)
        #expect(try Samples.judge("interface: eth0\nup: false", output: eth.replacing("state=up", with: "state=down")).holds)
        #expect(
            try Samples.judge("interface: eth0\nup: true", output: eth.replacing("0x1003", with: "0x1002")).message
                == "up: expected true, observed false (up)")
        #expect(try Samples.judge("interface: eth1", output: "").message == "exists: expected true, observed false")
    }

    @Test func numbersOfAHostThatNoIntegerHoldsEndNothing() throws {
        let whole = Samples.wholeJournal
        let hostile = whole + #"{"MESSAGE":[1e300,-1e300,2,104.5,104],"PRIORITY":"3","_SYSTEMD_UNIT":"app.service"}"# + "\n"
        let judgement = try Samples.judge("journal: app", output: hostile)
        #expect(judgement.message == "messages: expected at most 0 of priority err or worse, observed 1: app.service: h")
        let mounts = "28 1 253:0 / / rw - ext4 /dev/vda1 rw\nusage=/dev/vda1 100 81 19 99999999999999999999% /\n"
        #expect(try !Samples.judge("mount: /\nusage: { le: 90 }", output: mounts).holds)
    }

    @Test func journals() throws {
        let whole = Samples.wholeJournal
        let text =
            #"{"MESSAGE":"disk is full","PRIORITY":"3","_SYSTEMD_UNIT":"app.service"}"# + "\n"
            + #"{"MESSAGE":[104,105,255],"PRIORITY":"3","UNIT":"app.service"}"# + "\n"
        let judgement = try Samples.judge("journal: app", output: text)
        #expect(judgement.message == "messages: expected at most 0 of priority err or worse, observed 2: app.service: disk is full")
        #expect(judgement.context == "app.service: disk is full\napp.service: hi\u{fffd}")
        #expect(try Samples.judge("journal: app\nmax: 2", output: whole + text).holds)
        #expect(try Samples.judge("journal: app\nignore: ['^disk', hi]", output: whole + text).holds)
        #expect(try Samples.judge("journal: app", output: whole).holds)
        #expect(throws: Unanswered("the journal does not say when it begins")) { try Samples.judge("journal: app", output: "") }
        #expect(throws: Unanswered("an entry of the journal cannot be read: {\"MESSAGE\":")) {
            try Samples.judge("journal: app", output: whole + "{\"MESSAGE\":\n")
        }
        #expect(
            try Samples.judge("journal: ap", output: "unknown=ap\n").message
                == "unit: expected a unit named ap, observed systemd knows no such unit")
        let many = whole + String(repeating: text.split(separator: "\n")[0] + "\n", count: 2000)
        #expect(throws: Unanswered.self) { try Samples.judge("journal: app\nignore: [disk]", output: many) }
        #expect(try !Samples.judge("journal: app", output: many).holds)
        #expect(try Samples.judge("dns: x\nresolves: false", output: "server=192.0.2.1\nmessage=534d81830000000000000000\n").holds)
    }

    @Test func yamlIsReadByPaths() throws {
        let text = "kind: List\nitems:\n- {name: a, version: 1.10, on: 'yes'}\n- &x {name: b}\n- *x\n"
        func judge(_ matcher: String, _ text: String) throws -> Bool {
            try Samples.judge("command: x\nstdout: \(matcher)", output: text).holds
        }
        #expect(try judge("{ yaml: { items.0.version: '1.10', items.2.name: b, items: { len: 3 } } }", text))
        #expect(try judge("{ yaml: { 1.kind: Pod } }", "kind: Service\n---\nkind: Pod\n"))
        #expect(try !judge("{ yaml: { items.3.name: b } }", text))
        #expect(try !judge("{ yaml: { a: 1 } }", "a: [unclosed"))
        let bomb =
            "a: &a [x,x,x,x,x,x,x,x,x,x]\n"
            + (1...9).map { "a\($0): &a\($0) [\(Array(repeating: $0 == 1 ? "*a" : "*a\($0 - 1)", count: 10).joined(separator: ","))]\n" }
            .joined()
        #expect(try !judge("{ yaml: { a: { len: 10 } } }", bomb))
    }
}
