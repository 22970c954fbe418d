import Foundation
import IntegrationSupport
import MatrixCore
import MatrixTesting
import Testing

@testable import MatrixChecks
@testable import MatrixChecksTests

/// Built-in kinds asked for real on this machine.
@Suite(.requires(.helperPrograms, .root)) struct HostTests {
    private func verdicts(_ checks: [String], os: OperatingSystem = Samples.debian, user: String = "root") async throws -> [CaseResult] {
        let steps = try checks.enumerated().map {
            try Samples.step("check \($0.offset)", $0.element, modifiers: CheckModifiers(user: user))
        }
        return try await Samples.verify(steps, over: ShellTransport(), os: os)
    }

    private func withFolder(_ body: (String) async throws -> Void) async throws {
        let folder = try TemporaryFolder.make()
        defer { try? FileManager.default.removeItem(atPath: folder) }
        try await body(folder)
    }

    @Test func files() async throws {
        try await withFolder { folder in
            let script = """
                cd \(folder); printf 'one\\ntwo\\n' >plain; chmod 640 plain; chown root:daemon plain; ln -s plain link; \
                ln -s nowhere dangling; mkdir folder; chmod 1777 folder
                mkfifo fifo; echo '{"a": {"b": [1, 2]}}' >json; : >empty; printf '\\377\\000x' >bytes; echo hi >"it's a file"; \
                mkdir closed; : >closed/x; chmod 711 .; chmod 700 closed
                """
            try await ShellTransport().require(Command(["sh", "-c", script]), "files")
            let good = [
                "file: \(folder)/plain\ntype: file\nmode: \"0640\"\nowner: root\ngroup: daemon\nsize: 8\ncontains: two",
                "file: \(folder)/plain\nmode: 640\nsize: { lt: 1KiB }",
                "file: \(folder)/plain\ncontains: [one, two]", "file: \(folder)/plain\ncontains: { matches: '^two$' }",
                "file: \(folder)/link\ntype: file\nmode: \"0640\"",
                "file: \(folder)/link\ntype: symlink", "file: \(folder)/dangling\nexists: false", "file: \(folder)/dangling\ntype: symlink",
                "file: \(folder)/folder\ntype: directory\nmode: \"1777\"",
                "file: \(folder)/fifo\ntype: fifo", "file: \(folder)/json\njson: { a.b.1: 2 }",
                "file: \(folder)/empty\nsize: 0\ntype: file",
                "file: \(folder)/bytes\nsize: 3\ncontains: x",
                "file: \"\(folder)/it's a file\"\ncontains: hi", "file: \(folder)/none\nexists: false",
                "file: \(folder)/plain/below\nexists: false",
                "file: /dev/null\ntype: character",
                "file: \(folder)/empty\nsha256: e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
                "file: \(folder)/empty\nsha256: E3B0C44298FC1C149AFBF4C8996FB92427AE41E4649B934CA495991B7852B855",
            ]
            for (check, result) in zip(good, try await verdicts(good)) {
                #expect(result.outcome == .passed, "\(check)\n\(result.detail ?? "")")
            }
            let bad = [
                ("file: \(folder)/none", "exists: expected true, observed false"),
                ("file: \(folder)/plain\nexists: false", "exists: expected false, observed true"),
                ("file: \(folder)/plain\nmode: { not: 640 }", "mode: expected not \"0640\", observed \"0640\""),
                (
                    "file: \(folder)/plain\ncontains: three",
                    "content: expected something that contains \"three\", observed \"one\\ntwo\\n\""
                ),
                ("file: \(folder)/folder\ncontains: three", "content: expected a file with content, observed a directory"),
                ("file: \(folder)/json\njson: { a.c: 1 }", "json a.c: expected 1, observed no such path; there is in a: b"),
                ("file: \(folder)/link\ntype: symlink\ncontains: one", "content: expected a file with content, observed a symlink"),
            ]
            for ((_, message), result) in zip(bad, try await verdicts(bad.map(\.0))) {
                #expect(result.outcome == .failed)
                #expect(result.message == message)
            }
            let hidden = try await verdicts(["file: \(folder)/closed/x"], user: "nobody")
            #expect(hidden[0].outcome == .error)
            #expect(hidden[0].type == "matrix.check.file.unanswered")
        }
    }

    @Test func accounts() async throws {
        let good = [
            "user: root\nuid: 0\ngid: 0\nhome: /root\ngroups: { contains: root }\nshell: { matches: sh$ }",
            "user: nobody\nshell: /usr/sbin/nologin",
            "user: no-such\nexists: false", "user: '0'\nexists: false",
            "group: root\ngid: 0", "group: no-such\nexists: false",
        ]
        for (check, result) in zip(good, try await verdicts(good)) {
            #expect(result.outcome == .passed, "\(check)\n\(result.detail ?? "")")
        }
        let bad = try await verdicts(["user: root\nuid: { gt: 0 }", "group: no-such", "user: root\ngroups: [x]"])
        #expect(bad.map(\.outcome) == [.failed, .failed, .failed])
        #expect(bad[0].message == "uid: expected more than 0, observed 0")
        #expect(bad[1].message == "exists: expected true, observed false")
    }

    @Test(.requires(.python)) func portsAndProcesses() async throws {
        let server = try await PythonServer.listener()
        let good = [
            "port: \(server.port)\naddress: 127.0.0.1\nprocess: { contains: python }",
            "port: \(server.port)\nprotocol: udp\nlistening: false",
            "process: { }".replacing("{ }", with: "no-such-program") + "\ncount: 0",
        ]
        for (check, result) in zip(good, try await verdicts(good)) {
            #expect(result.outcome == .passed, "\(check)\n\(result.detail ?? "")")
        }
        let processes = try await verdicts(["process: solti-probe-no", "process: python3.11-no\ncount: { ge: 1 }"])
        #expect(processes.map(\.message) == ["count: expected at least 1, observed 0", "count: expected at least 1, observed 0"])
        try await server.stop()
        #expect(try await verdicts(["port: \(server.port)"])[0].outcome == .failed)
    }

    @Test func processesByNameAndUser() async throws {
        try await withFolder { folder in
            let name = "solti-a-very-long-name"
            try await ShellTransport().require(Command(["cp", "/bin/sleep", "\(folder)/\(name)"]), "a program")
            try await ShellTransport().require(Command(["chmod", "755", folder, "\(folder)/\(name)"]), "rights")
            let first = try ServerProcess("\(folder)/\(name)", ["600"])
            let second = try ServerProcess("setpriv", ["--reuid=nobody", "--clear-groups", "\(folder)/\(name)", "600"])
            let areThere = "process: \(name)\ncount: 2\nuser: { one_of: [root, nobody] }"
            #expect(try await eventually { try await verdicts([areThere])[0].outcome == .passed })
            let results = try await verdicts([
                "process: \(name)\ncount: 2", "process: \(name)\nuser: root", "process: \(name)\nuser: { one_of: [root, nobody] }",
                "process: solti-a-very\ncount: 0",
            ])
            try await first.end()
            try await second.end()
            #expect(results.map(\.outcome) == [.passed, .failed, .passed, .passed])
            #expect(results[1].message == "user: expected \"root\", observed \"nobody\"")
        }
    }

    @Test(.requires(.debianVersions)) func packagesByDpkg() async throws {
        let results = try await verdicts([
            "package: dpkg\nversion: \">=1.20, <9\"", "package: no-such-package", "package: no-such-package\ninstalled: false",
            "package: dpkg\nversion: <1",
        ])
        #expect(results.map(\.outcome) == [.passed, .failed, .passed, .failed])
        #expect(results[3].detail?.contains("$ ssh host 'dpkg-query --status dpkg'") == true)
    }

    @Test(.requires(.rpmVersions)) func packagesByRPM() async throws {
        let results = try await verdicts(["package: no-such-package", "package: no-such-package\ninstalled: false"], os: Samples.rocky)
        #expect(results.map(\.outcome) == [.failed, .passed])
    }

    @Test func aHostWithoutThePackageManagerHasNoVerdict() async throws {
        let package = try PackageCheck(try Samples.item("package: x"))
        var probe = package.probe
        probe.script = probe.script.replacing("command -v dpkg-query", with: "command -v no-such-tool")
        let script = ProbeScript([probe])
        let answer = ProbeTranscript(try await ShellTransport().run(script.command), of: script).answers[0]
        #expect(throws: Unanswered("the host has no dpkg-query", detail: "the host has no dpkg-query\n")) {
            try package.judge(try answer.get())
        }
    }
}
