import Foundation
import IntegrationSupport
import MatrixCore
import MatrixRemote
import MatrixTesting
import Testing

/// `matrix check` and `matrix checks --record` on a host that is reached by the user's own ssh: this machine's, over a real sshd.
@Suite(.requires(.programs, .sshd)) struct CheckCommandTests {
    private func with(_ body: (Project, [String]) async throws -> Void) async throws {
        let server = try RealSSHServer()
        defer { server.stop() }
        let project = try Project()
        let lines = [
            "Host good", "HostName 127.0.0.1", "Port \(server.port)", "User \(server.user)", "IdentityFile \(server.keyFile)",
            "IdentitiesOnly yes",
            "UserKnownHostsFile \(server.directory)/known", "GlobalKnownHostsFile /dev/null", "StrictHostKeyChecking accept-new",
        ]
        let path = project.url.appendingPathComponent("ssh_config").path
        try (lines.joined(separator: "\n") + "\n").write(toFile: path, atomically: true, encoding: .utf8)
        try await body(project, ["--ssh-config", path])
    }

    private func write(_ text: String, in project: Project) throws {
        try project.write(text, to: "checks.yml")
    }

    @Test func checksOfAnyHost() async throws {
        try await with { project, ssh in
            try write(
                "- command: echo 1\n  stdout: 1\n- file: /etc/passwd\n  tags: [files]\n- file: /no/such/file\n  tags: [files]\n- service: "
                    + "x\n  when: { os: none9 }\n",
                in: project)
            let all = try await MatrixProcess.run(["check", "good", "-f", "checks.yml"] + ssh, in: project)
            #expect(all.status == 1, "\(all.errors)")
            #expect(all.output.contains("CHECK") && all.output.contains("✗ failed") && all.output.contains("– skipped"))
            #expect(
                all.output.contains("✗ file /no/such/file: exists: expected true, observed false\n    at checks.yml:5:3"), "\(all.output)")
            #expect(all.output.contains("good 'stat -L -- /no/such/file'"), "\(all.output)")
            #expect(all.output.hasSuffix("good: 2 passed, 1 failed, 1 skipped; exit status 1\n"), "\(all.output)")
            try write("vars: { n: 7 }\nverify:\n- command: echo ${vars.n}\n  stdout: \"7\"\n", in: project)
            let json = try await MatrixProcess.run(["check", "good", "-f", "checks.yml", "--format", "json"] + ssh, in: project)
            #expect(json.status == 0, "\(json.errors)")
            let value = try #require(Value(json: json.output))
            #expect(value.element(at: "cases.0.outcome") == "passed" && value["target"] == "good" && value["exitStatus"] == 0)
        }
    }

    @Test("a goss file is asked without goss, and what does not hold there fails here")
    func goss() async throws {
        try await with { project, ssh in
            try write("- goss: goss.yaml\n", in: project)
            try project.write(
                """
                file:
                  /etc/passwd:
                    exists: true
                    mode: "0644"
                    owner: root
                    filetype: file
                    contents: ["root", "!no-such-account", "/^root:/"]
                  /no/such/file: { exists: false }
                command:
                  echo hi: { exit-status: 0, stdout: [hi], stderr: [] }
                  a name: { exec: "echo 41", exit-status: 0, stdout: { gt: 42 } }
                user:
                  root: { exists: true, uid: 0, groups: [root], home: { or: [/root, /] } }
                group:
                  root: { exists: true, gid: 0 }
                kernel-param:
                  kernel.ostype: { value: Linux }
                process:
                  no-such-program: { running: false }

                """, to: "goss.yaml")
            let ending = try await MatrixProcess.run(["check", "good", "-f", "checks.yml"] + ssh, in: project)
            #expect(ending.status == 1 && ending.output.contains("a name"), "\(ending.errors)\n\(ending.output)")
            #expect(ending.output.hasSuffix("good: 7 passed, 1 failed; exit status 1\n"), "\(ending.output)")
        }
    }

    @Test func whatIsWrongIsSaidBeforeAnythingIsAsked() async throws {
        try await with { project, ssh in
            for (text, message) in [
                ("[]", "checks.yml:1:1: error: the file has no check; it must be a list of checks, or a map with `verify:`\n"),
                ("verify: []", "checks.yml:1:9: error: the file has no check; it must be a list of checks, or a map with `verify:`\n"),
                (
                    "verify:\n- file: /x\naxes: {}",
                    "checks.yml:3:1: error: `axes` does not belong in a file of checks; it must be a list of checks, "
                        + "or a map with `verify:`\n"
                ),
                ("- file: etc\n- stdout: x", "checks.yml:1:9: error: 'etc' is not an absolute path; begin the path with /\n"),
                (
                    "- ansible: { playbook: x.yml }",
                    "checks.yml:1:3: error: `ansible` is a step, and only checks are allowed here; it belongs under `deploy:`\n"
                ),
            ] {
                try write(text, in: project)
                let ending = try await MatrixProcess.run(["check", "nowhere.invalid", "-f", "checks.yml"] + ssh, in: project)
                #expect(ending.status == 2 && ending.errors.contains(message), "\(text)\n\(ending.errors)")
            }
            try write("- command: 'true'", in: project)
            let scratch = try TemporaryFolder()
            let nowhere = try await MatrixProcess.run(
                ["check", "nowhere.invalid", "-f", "checks.yml"] + ssh, in: project, environment: ["TMPDIR": scratch.path])
            #expect(nowhere.status == 3)
            #expect(try scratch.names == [])
            #expect(
                nowhere.errors.contains("connecting to nowhere.invalid") && nowhere.errors.contains("does not resolve"), "\(nowhere.errors)"
            )
            try write("- command: 'true'\n  when: { os: none9 }", in: project)
            let nothing = try await MatrixProcess.run(["check", "good", "-f", "checks.yml"] + ssh, in: project)
            #expect(nothing.status == 3 && nothing.errors.contains("warning: no check of this file applies to good"), "\(nothing.errors)")
        }
    }

    @Test func aRecordingPasses() async throws {
        try await with { project, ssh in
            let recording = try await MatrixProcess.run(["checks", "--record", "good"] + ssh, in: project)
            #expect(recording.status == 0, "\(recording.errors)")
            #expect(recording.output.contains("\n- "), "\(recording.output)")
            // Other tests open and close ports of this machine and mount containers meanwhile; the port of this test's own server stays.
            let port = try #require(try project.read("ssh_config").split(separator: "\n").first { $0.hasPrefix("Port ") }).dropFirst(5)
            let items = recording.output.components(separatedBy: "\n- ")
            let lasting = items.filter { item in
                item.hasPrefix("port: \(port)\n") || !["port: ", "mount: /var/lib/containers/"].contains { item.hasPrefix($0) }
            }
            #expect(lasting.contains { $0.hasPrefix("port: \(port)\n") }, "\(recording.output)")
            try write(lasting.joined(separator: "\n- "), in: project)
            let check = try await MatrixProcess.run(["check", "good", "-f", "checks.yml"] + ssh, in: project)
            #expect(check.status == 0, "\(check.output)")
        }
    }

    /// The checks are read before anything is asked, and again for the host.
    @Test(.timeLimit(.minutes(10))) func aPipeIsReadOnce() async throws {
        try await with { project, ssh in
            let pipe = project.url.appendingPathComponent("pipe").path
            try await LocalTransport().require(Command(["mkfifo", pipe]), "a pipe")
            let script = #"printf -- '- command: "true"\n' >"$1""#
            async let written = LocalTransport().run(Command(["sh", "-c", script, "sh", pipe], timeout: .seconds(300)))
            let ending = try await MatrixProcess.run(["check", "good", "-f", "pipe"] + ssh, in: project)
            #expect(ending.status == 0, "\(ending.errors)")
            #expect(try await written.succeeded)
        }
    }

    /// Through a real connection: whether or not the server answers, the check ends after its timeout.
    @Test(.timeLimit(.minutes(10)), arguments: ScriptedServer.misbehaviours.keys.sorted())
    func aServerThatNeverEndsIsAVerdict(_ kind: String) async throws {
        try await with { project, ssh in
            let server = try await ScriptedServer(try #require(ScriptedServer.misbehaviours[kind]))
            try write("- http: \(server.url)\n  timeout: 2s\n", in: project)
            let ending = try await MatrixProcess.run(["check", "good", "-f", "checks.yml"] + ssh, in: project)
            #expect(ending.status == 1 && ending.output.contains("within 2s"), "\(ending.output)\(ending.errors)")
        }
    }
}
