import Foundation
import IntegrationSupport
import MatrixCore
import Testing

/// `matrix run --debug` and `--watch` on a real terminal and a real container.
@Suite(.requires(.programs, .podman, .python)) struct ShellAtFailureTests {
    /// Talks to a program on a pseudo-terminal: waits for each text, then types the next.
    private static let script = #"""
        import json, os, pty, select, sys, time
        turns = json.load(open(sys.argv[1]))
        pid, fd = pty.fork()
        if pid == 0:
            os.environ["TERM"] = "xterm"
            os.execv(sys.argv[2], sys.argv[2:])
        seen, all = "", ""
        def read(seconds):
            if not select.select([fd], [], [], seconds)[0]: return ""
            try: return os.read(fd, 65536).decode("utf-8", "replace")
            except OSError: return None
        for awaited, typed in turns:
            end = time.time() + 180
            while awaited not in seen:
                part = read(1)
                if part is None or time.time() > end: sys.exit("never seen: " + awaited + "\n" + all)
                seen += part; all += part
            seen = seen.split(awaited, 1)[1]
            time.sleep(0.5)
            os.write(fd, typed.encode())
        end = time.time() + 180
        while time.time() < end:
            part = read(1)
            if part is None: break
            all += part
        print(json.dumps({"text": all, "status": os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])}))
        """#

    private struct Ending: Decodable {
        var text: String
        var status: Int32
    }

    private func talk(_ turns: [[String]], _ arguments: [String], in project: Project) throws -> Ending {
        try project.write(Self.script, to: "talk.py")
        try project.write(String(decoding: JSONEncoder().encode(turns), as: UTF8.self), to: "turns.json")
        let words = ["env", "-u", "GITHUB_ACTIONS", "-C", project.url.path, "python3", "talk.py", "turns.json", MatrixProcess.executable]
        let result = try Shell.run(words + arguments)
        return try JSON.decode(Ending.self, from: Array(result.output.utf8))
    }

    @Test func withoutATerminalItIsAnErrorThatSaysWhatElse() async throws {
        let project = try Project()
        try project.write(Matrices.small(), to: "m.yml")
        let ending = try await MatrixProcess.run(["run", "m.yml", "--debug"], in: project)
        #expect(ending.status == 2 && ending.errors.contains("--keep failed"), "\(ending.errors)")
        #expect(!project.exists("reports"))
    }

    @Test func theHostIsRepairedInTheShellAndTheStepPassesAgain() throws {
        let project = try Project()
        let deploy = "[{ name: app, shell: 'test -e /srv/repaired', env: { COLOR: green } }]"
        try project.write(Matrices.small(deploy: deploy, verify: "[{ file: /srv/repaired }]"), to: "m.yml")
        let ending = try talk(
            [
                ["leave it with exit", "echo COLOR is $COLOR in $SOLTI_CELL; touch /srv/repaired\n"],
                ["~# ", "sh /tmp/matrix-again-*.sh && echo it works; exit\n"], ["[a]gain", "a\n"],
            ], ["run", "m.yml", "--debug"], in: project)
        #expect(ending.status == 0, "\(ending.text)")
        #expect(ending.text.contains("COLOR is green in debian12-podman") && ending.text.contains("it works"), "\(ending.text)")
        let report = try Report(project)
        #expect(report.result.cells[0].cases.filter { $0.name == "app" }.map(\.outcome) == [.passed])
        #expect(try Podman.leftovers(of: report.run).isEmpty)
    }

    @Test func keepLeavesTheCellUp() async throws {
        let project = try Project()
        try project.write(Matrices.small(deploy: "[{ name: app, shell: 'false' }]"), to: "m.yml")
        let ending = try talk([["leave it with exit", "exit\n"], ["[a]gain", "k\n"]], ["run", "m.yml", "--debug"], in: project)
        #expect(ending.status == 1, "\(ending.text)")
        #expect(try await MatrixProcess.run(["ssh", "@failed", "--", "true"], in: project).status == 0)
        #expect(try await MatrixProcess.run(["destroy", "m.yml"], in: project).status == 0)
        #expect(try Podman.leftovers(of: Report(project).run).isEmpty)
    }

    @Test func aSaveDeploysAgainAndCtrlCDestroys() async throws {
        let project = try Project()
        let deploy = "[{ name: first, shell: 'echo x >> /srv/count' }, { name: app, shell: { file: app.sh } }]"
        try project.write(Matrices.small(deploy: deploy), to: "m.yml")
        try project.write("exit 1\n", to: "app.sh")
        let run = try MatrixProcess(["run", "m.yml", "--watch", "app.sh", "--from", "app", "--format", "plain"], in: project)
        try await run.waitFor("a save deploys again")
        try project.write("touch /srv/deployed\n", to: "app.sh")
        while run.isRunning, try !run.outputSoFar.contains("used host, deploy 2") { try await Task.sleep(for: .milliseconds(100)) }
        let line = try #require(try run.outputSoFar.split(separator: "\n").last { $0.contains("used host, deploy 2") })
        #expect(line.hasPrefix("✓ 1 of 1 cell passed "), "\(line)")
        print("watch: \(line)")
        let ours = try #require(line.firstMatch(of: /\(([0-9.]+)s of it ours\)/)).output.1
        #expect((Double(ours) ?? 99) < 20, "a busy machine may need more than the usual two seconds: \(line)")
        run.send(SIGINT)
        let ending = try await run.ending()
        #expect(ending.status == 0, "\(ending.errors)")
        #expect(try await MatrixProcess.run(["status"], in: project).output == "nothing is up and nothing is left behind\n")
    }
}
