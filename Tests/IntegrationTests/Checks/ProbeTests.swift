import IntegrationSupport
import MatrixCore
import Testing

@testable import MatrixChecks
@testable import MatrixChecksTests

/// The probe script, run for real by this machine's shell.
@Suite(.requires(.helperPrograms, .root)) struct ProbeTests {
    private func ask(_ probes: [Probe], over transport: ShellTransport = ShellTransport()) async throws -> [Result<ProbeAnswer, Unanswered>]
    {
        let script = ProbeScript(probes)
        return ProbeTranscript(try await transport.run(script.command), of: script).answers
    }

    private func probe(_ script: String, seconds: Int = 20) -> Probe { Probe(script, timeout: .seconds(seconds)) }

    @Test func answersCarryStatusAndBothOutputs() async throws {
        let answers = try await ask([probe("echo out; echo err >&2; exit 3"), probe("true"), probe("printf 'a\\n\\n'")])
        let first = try answers[0].get()
        #expect(first.end == .status(3))
        #expect(first.text == "out\n")
        #expect(first.errorText == "err\n")
        #expect(try answers[1].get().end == .status(0))
        #expect(try answers[2].get().text == "a\n\n")
    }

    @Test func hostileScriptsLoseOnlyTheirOwnAnswer() async throws {
        let hostile = [
            "exit 9", "exec true", "set -e; false; echo not here", "exec >&- 2>&- <&-; echo gone", "kill -9 $$", "kill -9 $PPID", "kill 0",
            "cat; read line; echo \"[$line]\"", "trap '' TERM; sleep 60", "sleep 3000 & echo left a child", "yes",
            "unset PATH; echo \"$PATH\"",
            "echo 'unfinished", "cd /; umask 0; ulimit -n 3; echo x", "alias echo=false; eval 'exit() { :; }'; exit 4", "echo $(( 1 / 0 ))",
            "echo stopped; kill -STOP 0", "kill -STOP $PPID; sleep 60",
        ]
        let hanging = ["trap '' TERM; sleep 60", "yes", "echo stopped; kill -STOP 0", "kill -STOP $PPID; sleep 60"]
        let scripts = hostile.flatMap { [$0, "echo fine"] }
        let answers = try await ask(scripts.map { probe($0, seconds: hanging.contains($0) ? 5 : 120) })
        for (index, answer) in answers.enumerated() where index % 2 == 1 {
            #expect(try answer.get().text == "fine\n", "after \(scripts[index - 1])")
        }
        #expect(try answers[0].get().end == .status(9))
        #expect(try answers[4].get().text == "")
        #expect(try answers[14].get().text == "[]\n")
        #expect(try answers[16].get().end == .timedOut)
        #expect(try answers[18].get().text == "left a child\n")
        #expect(try answers[20].get().end == .timedOut)
        #expect(try answers[20].get().isCut)
        // Nobody knows when they would have ended.
        for index in [32, 34] { #expect(throws: Unanswered.self, "\(scripts[index])") { try answers[index].get() } }
    }

    @Test func aQuestionThatStopsItselfIsGone() async throws {
        let file = try await ShellTransport().require(Command(["mktemp"]), "a file").output
        let answers = try await ask([probe("echo $$ >\(file); kill -STOP 0", seconds: 2), probe("echo other")])
        #expect(throws: Unanswered.self) { try answers[0].get() }
        #expect(try answers[1].get().text == "other\n")
        // It may be a zombie that PID 1 has not collected yet.
        let alive = "kill -0 $(cat \(file)) && ! grep -q '^State:.Z' /proc/$(cat \(file))/status"
        let isThere = try await ShellTransport().run(Command(["sh", "-c", alive])).succeeded
        #expect(!isThere)
        try await ShellTransport().require(Command(["rm", file]), "removal")
    }

    @Test func hangingQuestionsEndAtTheirLimit() async throws {
        let answers = try await ask([probe("echo begun; sleep 60", seconds: 5), probe("echo other")])
        #expect(try answers[0].get().end == .timedOut)
        #expect(try answers[0].get().text == "begun\n")
        #expect(try answers[1].get().text == "other\n")
    }

    @Test func anyBytesSurvive() async throws {
        let marker = "solti-probe-fixed"
        let probes = [
            probe("printf 'a\\000b\\377\\376\\r\\n'"), probe("printf '\\n\(marker) 0 0 1 2 0 5 0\\nspoof'; printf '\\n\(marker) end\\n'"),
            probe("printf 'no newline at the end'"), Probe("head -c 10000000 /dev/zero", limit: 1000), probe("printf '\(marker) begin\\n'"),
            probe("cat /dev/null"),
        ]
        let script = ProbeScript(probes, marker: marker)
        let answers = ProbeTranscript(try await ShellTransport().run(script.command), of: script).answers
        #expect(try answers[0].get().output == [0x61, 0, 0x62, 0xff, 0xfe, 0x0d, 0x0a])
        #expect(try answers[1].get().text == "\n\(marker) 0 0 1 2 0 5 0\nspoof\n\(marker) end\n")
        #expect(try answers[2].get().text == "no newline at the end")
        #expect(try answers[3].get().output == [UInt8](repeating: 0, count: 1000))
        #expect(try answers[3].get().isCut)
        #expect(try answers[4].get().text == "\(marker) begin\n")
        #expect(try answers[5].get().output == [])
    }

    @Test func scriptsTravelUnchanged() async throws {
        let text = "echo 'it''s' \"$((1 + 1))\" `echo back` \\\\ '$HOME' ü 🚦\n# a comment\ncat <<'EOF'\nEOF_\n'\nEOF\n"
        let answers = try await ask([probe(text)])
        #expect(try answers[0].get().text == "its 2 back \\ $HOME ü 🚦\nEOF_\n'\n")
    }

    @Test func secretsAreInNoProcessList() async throws {
        let answers = try await ask([probe("secret=hunter2; cat /proc/[0-9]*/cmdline | tr '\\0' ' ' | grep -c 'secret=hunter2'")])
        // grep's own command line holds the pattern; the script itself must not add to it.
        #expect(try answers[0].get().text == "0\n" || answers[0].get().text == "1\n")
    }

    @Test func questionsOfUsersShareTheRoundTrip() async throws {
        let transport = ShellTransport()
        let answers = try await ask(
            [Probe("id -un; echo $HOME", user: "nobody"), Probe("id -un", user: "root"), Probe("id -un", user: "no-such-user")],
            over: transport)
        #expect(try answers[0].get().text == "nobody\n/nonexistent\n")
        #expect(try answers[1].get().text == "root\n")
        #expect(answers[2] == .failure(Unanswered("there is no user no-such-user on the host", next: "correct as:, or create the account")))
        #expect(transport.commandCount == 1)
    }

    @Test func nothingIsLeftOnTheHost() async throws {
        let folder = try await ShellTransport().require(Command(["mktemp", "-d"]), "a folder").output
        _ = try await ask([probe("echo x"), probe("kill -9 $PPID")], over: ShellTransport(prefix: ["env", "TMPDIR=\(folder)"]))
        let left = try await ShellTransport().run(Command(["ls", "-A", folder])).output
        #expect(left == "")
        try await ShellTransport().require(Command(["rmdir", folder]), "removal")
    }
}

/// Hosts that stall, as by a slow disk, a starved CPU or a full one: an answer that was not read to its end is none.
@Suite(.requires(.helperPrograms, .root), .timeLimit(.minutes(10))) struct ProbeStallTests {
    private let folder: String

    init() async throws {
        folder = try await ShellTransport().require(Command(["mktemp", "-d"]), "a folder").output
    }

    /// - Parameter stall: what a reader of output does before it begins to read; its standard input is the pipe.
    private func ask(_ questions: [String], stall: String = ":", limit: Int = 1 << 16) async throws -> [Result<ProbeAnswer, Unanswered>] {
        let wrapper = "#!/bin/sh\nif [ -p /dev/stdin ]; then \(stall); fi\nexec /usr/bin/timeout \"$@\"\n"
        try await ShellTransport().require(
            Command(["sh", "-c", "cat >\(folder)/timeout; chmod 755 \(folder)/timeout"], input: Array(wrapper.utf8)), "a slow timeout")
        let script = ProbeScript(questions.map { Probe($0, timeout: .seconds(5), limit: limit) })
        var command = script.command
        command.input = Array(script.text.replacing("PATH=/usr/local/sbin", with: "PATH=\(folder):/usr/local/sbin").utf8)
        let answers = ProbeTranscript(try await ShellTransport().run(command), of: script).answers
        try await ShellTransport().require(Command(["rm", "-rf", folder]), "removal")
        return answers
    }

    /// A command that waits until its output is read is not one that does not end.
    ///
    /// What lets the readers go on is in another session: the kernel hangs up a group if a child of another group ends in it while a
    /// member is stopped.
    @Test(arguments: ["sleep 12", "setsid sh -c 'sleep 12; kill -CONT '$$ & kill -STOP $$"])
    func aLimitThatPassedWhileNobodyReadSaysNothing(_ stall: String) async throws {
        let answers = try await ask(["head -c 300000 /dev/zero"], stall: stall, limit: 400_000)
        let error = #expect(throws: Unanswered.self) { try answers[0].get() }
        #expect(error?.why.contains("stood still for") == true || error?.why.contains("did not keep all") == true, "\(error?.why ?? "")")
    }

    /// On a host that stalls, each kind has the right verdict or none.
    @Test(arguments: ["sleep 3", "sleep 0.$(($$ % 10))", "kill -STOP $$", "kill -9 $$", "exec cat >/dev/null"])
    func everyKindHasTheRightVerdictOrNone(_ stall: String) async throws {
        let wrapper = "#!/bin/sh\nif [ -p /dev/stdin ]; then \(stall); fi\nexec /usr/bin/timeout \"$@\"\n"
        try await ShellTransport().require(
            Command(["sh", "-c", "cat >\(folder)/timeout; chmod 755 \(folder)/timeout"], input: Array(wrapper.utf8)), "a slow timeout")
        let place = "PATH=\(folder):/usr/local/sbin"
        let transport = ShellTransport(changing: { $0.replacing("PATH=/usr/local/sbin", with: place) })
        let right = [
            "command: echo hello\nstdout: hello", "file: /etc/passwd\ncontains: \"root:x:0\"", "user: root\nuid: 0",
            "mount: /proc\nfilesystem: proc", "sysctl: kernel.ostype\nvalue: Linux", "group: root", "script: /bin/true",
        ]
        let wrong = [
            "command: echo ERROR\nstdout: { not: { contains: ERROR } }", "command: echo ERROR >&2\nstderr: \"\"",
            "file: /etc/passwd\ncontains: { not: { contains: \"root:\" } }", "user: root\nexists: false", "mount: /proc\nmounted: false",
            "sysctl: kernel.ostype\nvalue: { not: Linux }", "group: root\nexists: false", "process: init-or-none\ncount: { ge: 1 }",
            "script: /bin/sh\nargs: [-c, \"echo 1..1; echo not ok 1\"]",
        ]
        let steps = try (right + wrong).enumerated().map { try Samples.step("\($0.offset)", "\($0.element)\ntimeout: 2s") }
        let cases = try await Samples.verify(steps, over: transport)
        let results = cases.filter { Int($0.name) != nil }
        try await ShellTransport().require(Command(["rm", "-rf", folder]), "removal")
        #expect(results.count == steps.count)
        for result in results {
            let isRight = (Int(result.name) ?? 0) < right.count
            // A script's tests tell what is wrong in its place.
            let told = result.outcome == .skipped ? cases.filter { $0.step == result.step && $0.outcome != .skipped } : [result]
            #expect(!told.isEmpty, "\(stall): \(result)")
            for one in told { #expect([isRight ? .passed : .failed, .error].contains(one.outcome), "\(stall): \(one)") }
        }
    }

    @Test func whatReadersReadLateIsReadToItsEnd() async throws {
        let answers = try await ask(
            [
                "echo hello", "echo ERROR in the log", "echo problem >&2", "seq 200000",
                "(sleep 600 & exec sleep 600) & echo with a daemon", "true",
            ],
            stall: "sleep 3", limit: 4 << 20)
        #expect(try answers[0].get().text == "hello\n")
        #expect(try answers[1].get().text == "ERROR in the log\n")
        #expect(try answers[2].get().errorText == "problem\n")
        #expect(try answers[3].get().lines.last == "200000")
        #expect(try answers[4].get().text == "with a daemon\n")
        #expect(try answers[5].get().output == [])
        for answer in answers { #expect(try answer.get().isCut == false) }
    }

    @Test func readersThatStopHaveNoAnswer() async throws {
        // They are stopped before they read, or are killed after it, or their disk is full; another question is still answered.
        let stopped = try await ask(["echo lost"], stall: "kill -STOP $$")
        #expect(try #require(throws: Unanswered.self) { try stopped[0].get() }.why == "the host did not keep all of the output")
    }

    @Test func aReaderThatIsKilledHasNoAnswer() async throws {
        // The question kills whoever reads its output: the process at the other end of the pipe.
        let kill = """
            echo before; pipe=$(readlink /proc/$$/fd/1); killed=
            while [ -z "$killed" ]; do for process in /proc/[0-9]*; do
              [ "$(readlink $process/fd/0)" = "$pipe" ] && [ "${process#/proc/}" != $$ ] && kill -9 "${process#/proc/}" && killed=1
            done; done
            echo after
            """
        let answers = try await ask([kill, "echo fine"])
        #expect(try #require(throws: Unanswered.self) { try answers[0].get() }.why == "the host did not keep all of the output")
        #expect(try answers[1].get().text == "fine\n")
    }

    @Test func aFullDiskIsToldAsOne() async throws {
        let small = "mount -t tmpfs -o size=64k none /tmp && unset TMPDIR && exec sh"
        let script = ProbeScript([Probe("head -c 200000 /dev/zero >/tmp/fill; echo fine")])
        let result = try await ShellTransport().run(
            Command(["unshare", "--mount", "sh", "-c", small], input: script.command.input, outputLimit: 8 << 20))
        let transcript = ProbeTranscript(result, of: script)
        let error = try #require(throws: Unanswered.self) { try transcript.answers[0].get() }
        // Where the room ran out decides which.
        #expect(error.why.hasPrefix("the host did not keep ") && error.next?.contains("/tmp") == true, "\(error)")
        #expect(transcript.lost == [0], "it is asked once more")
    }

    @Test func aFullDiskHasNoAnswer() async throws {
        let small = "mount -t tmpfs -o size=64k none /tmp && unset TMPDIR && exec sh"
        let script = ProbeScript([Probe("seq 100000", limit: 4 << 20), Probe("echo fine")])
        let result = try await ShellTransport().run(
            Command(["unshare", "--mount", "sh", "-c", small], input: script.command.input, outputLimit: 8 << 20))
        let transcript = ProbeTranscript(result, of: script)
        #expect(try #require(throws: Unanswered.self) { try transcript.answers[0].get() }.why.hasPrefix("the host did not keep "))
        #expect(transcript.lost.contains(0), "it is asked once more")
    }

    @Test func whatADaemonPrintsLaterIsNoAnswer() async throws {
        let answers = try await ask(["(while :; do sleep 0.2; echo late; done) & echo now", "kill -9 $PPID; sleep 0.5; echo late"])
        #expect(try answers[0].get().text == "now\n")
        #expect(try answers[1].get().text == "")
    }
}
