import MatrixCore
import MatrixRemote
import MatrixTesting
import Testing

@testable import MatrixChecks

/// What hosts and servers answer: each reader ends with a verdict or an error.
@Suite(.timeLimit(.minutes(10))) struct FuzzTests {
    @Test func transcript() throws {
        let script = ProbeScript(
            [.builtIn("true", user: "root", timeout: .seconds(5)), .builtIn("true", user: "root", timeout: .seconds(5))], marker: "M")
        let record = "\nM 0 0 1.00 1.50 0 6 0\nhello\n\nM 1 124 2.0 9.0 7 0 3\nerr\nM end\n"
        var fuzzer = Fuzzer(
            "transcript",
            samples: [
                "\nM begin\(record)", "\nM lacks awk\n", "\nM unwritable a: b\n",
                "noise\nM begin\n\nM 1 nouser 0 0 0 0 0\n\nM 0 lost 0 0 0 0 0\n\nM end\n",
            ],
            words: ["\nM ", "\nM end\n", " 9223372036854775807", " -1 ", "nouser", "unkept"])
        try fuzzer.run { bytes in
            let transcript = ProbeTranscript(CommandResult(exitStatus: 0, standardOutput: bytes, standardError: bytes), of: script)
            #expect(transcript.answers.count == 2)
        }
    }

    /// Checks with an answer of a host that satisfies them.
    private static let answers: [(check: String, output: String)] = [
        ("service: x\nrestarts: { max: 3 }", "LoadState=loaded\nActiveState=active\nSubState=running\nNRestarts=1\nEnablement=enabled\n"),
        (
            "journal: ssh\nmax: 2",
            Samples.wholeJournal
                + "{\"MESSAGE\":[101,1e300,-1],\"_SYSTEMD_UNIT\":\"ssh.service\"}\n{\"MESSAGE\":\"x\",\"UNIT\":\"a\"}\n"
        ),
        ("package: kernel\nversion: \">=5.14.0-500\"", "installed 1:5.14.0-427~rc1+b2 x86_64\ninstalled 5.14.0-503.el9 x86_64\n"),
        ("file: /x\nmode: \"0644\"\nsize: { le: 5 }\ncontains: a", "644|root|root|3|regular file\n0123\ncontent\nabc"),
        ("command: x\nexit: 0\nstdout: { matches: \"a+b\", json: { a: 1 } }", "aab\n"),
        ("command: x\nstdout: { yaml: { a: 1 } }", "a: 1\nb: &x [1, *x]\n"),
        (
            "mount: /data\nusage: { le: 90 }",
            "36 35 98:0 / /data rw,noatime master:1 - ext4 /dev/sda\\040x rw\nusage=/dev/sda 100 12 88 12% /data\n"
        ),
        ("port: 22", "  0: 00000000:0016 00000000:0000 0A 00000000:00000000 00:00000000 00000000 0 0 123 1\nholders\n123 sshd\n"),
        (
            "process: sshd\ncount: 1",
            "asker 7\nroot:x:0:0::/root:/bin/sh\nstatus\n/proc/9/status:Name:\tsshd\n/proc/9/status:PPid:\t1\nprograms\n"
        ),
        ("user: lavender\nuid: 1000", "lavender:x:1000:1000:L:/home/l:/bin/bash\nlavender sudo\n"),
        ("group: sudo\ngid: 27", "sudo:x:27:a,b\n"), ("sysctl: vm.swappiness\nvalue: \"10\"", "present\n10\n"),
        ("script: /bin/x\nformat: tap", "1..2\nok 1 - a\nnot ok 2 - b # TODO c\n  ---\n  message: x\n  ...\n"),
        (
            "script: /bin/x\nformat: junit",
            "<testsuite tests=\"1\" failures=\"1\"><testcase name=\"a\"><failure message=\"x\"/></testcase></testsuite>"
        ),
        ("os: {}", "ID=debian\nVERSION_ID=\"12\"\n"), ("interface: eth0\nmtu: 1500", "mtu=1500\nflags=0x1003\naddress=10.0.0.1/24\n"),
    ]

    @Test(arguments: answers.map(\.check)) func answer(check: String) throws {
        guard let kind = try? Samples.check(check), let probed = kind as? any ProbedCheck else {
            Issue.record("\(check) is not a check of a host")
            return
        }
        let output = Self.answers.first { $0.check == check }?.output ?? ""
        var fuzzer = Fuzzer(
            "answer-\(check.prefix { $0.isLetter })", samples: [output, ""] + Self.answers.map(\.output),
            words: ["=", "|", "not ok ", "1..", "Bail out!", "<!DOCTYPE a [<!ENTITY b \"c\">]>", "<![CDATA[", "&#0;", "{\"MESSAGE\":"])
        try fuzzer.run { bytes in
            for status: Int32 in [0, 1, 69] {
                let answer = ProbeAnswer(end: .status(status), output: bytes, error: bytes)
                if let judgement = try? probed.judge(answer) { _ = (judgement.holds, judgement.message, judgement.explanation) }
            }
        }
    }

    @Test func tapAndJUnit() throws {
        var fuzzer = Fuzzer(
            "reports", samples: Self.answers.filter { $0.check.hasPrefix("script") }.map(\.output),
            words: [
                "TAP version 14\n", "ok ", "not ok ", "1..9", "# SKIP", "    ", "<testsuites>", "<testcase time=\"1e300\">", "<error/>",
                "]]>",
            ])
        try fuzzer.run { bytes in
            let text = String(decoding: bytes, as: UTF8.self)
            _ = (TAPReader.recognises(text), TAPReader.read(text), JUnitReader.recognises(text), JUnitReader.read(text))
        }
    }

    @Test func names() throws {
        let question = try #require(DNSMessage.question("a.example.org", .a, id: 1))
        var answer: [UInt8] = [0, 1, 0x81, 0x80, 0, 1, 0, 3, 0, 0, 0, 0] + question.dropFirst(12)
        answer += [0xc0, 0x0c, 0, 1, 0, 1, 0, 0, 0, 60, 0, 4, 10, 0, 0, 1]
        answer += [0xc0, 0x0c, 0, 15, 0, 1, 0, 0, 0, 60, 0, 4, 0, 10, 0xc0, 0x0c]
        answer += [0xc0, 0x0c, 1, 1, 0, 1, 0, 0, 0, 60, 0, 8, 0, 5] + Array("issuea".utf8)
        var fuzzer = Fuzzer("dns", samples: [answer, question])
        try fuzzer.run { bytes in
            _ = DNSMessage(bytes, id: 1)
            _ = CertificateNames(certificate: bytes)
        }
    }

    @Test func certificates() throws {
        let names: [UInt8] = [0x30, 0x12, 0x82, 5] + Array("a.org".utf8) + [0x87, 4, 10, 0, 0, 1]
        var fuzzer = Fuzzer(
            "certificate", samples: [[0x30, 0x80 | 2, 0, UInt8(names.count)] + names, [0x30, 0x84, 0xff, 0xff, 0xff, 0xff, 0]])
        try fuzzer.run { bytes in _ = CertificateNames(certificate: bytes) }
    }

    @Test func versionsAndPatterns() throws {
        var fuzzer = Fuzzer(
            "patterns", samples: ["1:2.3-4~rc1+b^2", "^(a|b[^c-e]){2,5}\\d+\\.(?:x|y)*?$", "[[:alpha:]]\\x{41}\\p{L}", "2.20.0-1.el9"],
            words: ["{99999999999999999999}", "{1000}", "(", ")", "[", "\\x", "\\p{", "(?i)", "*", "+?", "~", "^"])
        try fuzzer.run { bytes in
            let text = String(decoding: bytes.prefix(300), as: UTF8.self)
            _ = DebianVersion(text).compare(to: DebianVersion("1:2.3-4"))
            _ = RPMVersion(text).compare(to: RPMVersion("2.20.0-1.el9"))
            if let pattern = try? Pattern(text) { _ = pattern.isFound(in: "aab\nx1.2 \(text)") }
        }
    }

    @Test func kubernetes() throws {
        var fuzzer = Fuzzer(
            "kubernetes",
            samples: [
                #"{"items":[{"metadata":{"name":"a"},"status":{"phase":"Running","conditions":[{"type":"Ready","#
                    + #""status":"True"}],"containerStatuses":[{"restartCount":1e300,"#
                    + #""state":{"waiting":{"reason":"CrashLoopBackOff"}}}]}}]}"#,
                #"{"kind":"Deployment","spec":{"replicas":2},"status":{"replicas":2,"updatedReplicas":2,"#
                    + #""availableReplicas":1e300,"observedGeneration":3},"metadata":{"generation":4}}"#,
            ])
        try fuzzer.run { bytes in
            guard let value = Value(json: String(decoding: bytes, as: UTF8.self)) else { return }
            for kind in ["nodes", "pods"] { _ = (try? KubernetesObjects(value, kind))?.unreadyWords }
            for kind in ["deployment", "statefulset", "daemonset"] { _ = KubernetesRollout(value, kind: kind).reason }
        }
    }
}
