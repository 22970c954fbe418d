import Foundation
import Glibc
import IntegrationSupport
import MatrixCore
import MatrixTesting
import Synchronization
import Testing

@testable import MatrixRemote
@testable import MatrixRemoteTests

@Suite(.requires(.sshd, .helperPrograms)) struct SSHTransportTests {
    @Test func runsStreamsAndTellsStatuses() async throws {
        try await withTransport { transport, _ in
            let lines = Mutex<[OutputLine]>([])
            let result = try await transport.run(Command(["sh", "-c", "echo one; echo two >&2; printf three; exit 7"])) { line in
                lines.withLock { $0.append(line) }
            }
            #expect(result.exitStatus == 7)
            #expect(result.output == "one\nthree")
            #expect(result.errorOutput == "two")
            #expect(
                Set(lines.withLock { $0 }) == [
                    OutputLine(.standardOutput, "one"), OutputLine(.standardOutput, "three"), OutputLine(.standardError, "two"),
                ])
            for status: Int32 in [0, 1, 126, 127, 254, 255] {
                #expect(try await transport.run(Command(["sh", "-c", "exit \(status)"])).exitStatus == status)
            }
            #expect(try await transport.run(Command(["sh", "-c", "kill -9 $$"])).exitStatus == 137)
            let missing = try await transport.run(Command(["no-such-program"]))
            #expect(missing.exitStatus == 127)
            #expect(missing.errorOutput == "no-such-program: not found")
        }
    }

    @Test func passesInputEnvironmentAndDirectory() async throws {
        try await withTransport { transport, _ in
            let script = #"cat; printf '%s|%s' "$GREETING" "$PWD""#
            let value = "he'llo\n$x `id` \u{1f600}"
            let result = try await transport.run(
                Command(["sh", "-c", script], environment: ["GREETING": value], directory: "/usr", input: Array("in\0\u{1e}put\n".utf8)))
            #expect(result.standardOutput == Array("in\0\u{1e}put\n\(value)|/usr".utf8))
            #expect(try await transport.run(.script("echo \"$1\"; exit 4", arguments: ["a b"])).output == "a b")
            let document = try await transport.run(.script("cat <<'E'\nit's $x `y` \\\nE\nprintf '%s' \"$1\"", arguments: ["a b"]))
            #expect(document.output == "it's $x `y` \\\na b")
            // A text that nobody reads does not hold up the end.
            let unread = String(repeating: "unread\n", count: 2000)
            #expect(try await transport.run(Command(["true"], input: Array(unread.utf8))).exitStatus == 0)
            let nowhere = try await transport.run(Command(["true"], directory: "/no/such"))
            #expect(nowhere.exitStatus == 1)
            #expect(nowhere.errorOutput.contains("/no/such"))
            let echoed = try await transport.run(Command(["cat"], input: ManyBytes.all, outputLimit: 1 << 23))
            #expect(echoed.standardOutput == ManyBytes.all)
        }
    }

    @Test func quotesEverything() async throws {
        try await withTransport { transport, _ in
            let ascii = (1...127).map { String(UnicodeScalar(UInt8($0))) }
            let words =
                ascii + [
                    ascii.joined(), "", " ", "a\nb\n", "-n", "--", "~", "*", "$(id)", "`id`", "\\", "''", "\"'\"", "ünï 😀 \u{202e}", "\n",
                ]
            let result = try await transport.run(Command(["printf", "%s\\0"] + words))
            #expect(result.standardOutput == words.flatMap { Array($0.utf8) + [0] })
            let script = "for n; do eval \"printf '%s\\\\0' \\\"\\$$n\\\"\"; done"
            let names = words.indices.map { "V\($0)" }
            let environment = Dictionary(uniqueKeysWithValues: zip(names, words))
            let echoed = try await transport.run(Command(["sh", "-c", script, "sh"] + names, environment: environment))
            #expect(echoed.standardOutput == words.flatMap { Array($0.utf8) + [0] })
        }
    }

    @Test func showsNoEnvironmentAndNoInputInProcessLists() async throws {
        try await withTransport { transport, _ in
            let secret = "s3cr3t-\(UInt32.random(in: 1000...UInt32.max))"
            let command = Command(
                ["sh", "-c", "echo ready; cat >/dev/null; sleep 1000"], environment: ["TOKEN": secret], input: Array(secret.utf8))
            let isReady = Mutex(false)
            let task = Task { try await transport.run(command) { _ in isReady.withLock { $0 = true } } }
            #expect(await eventually { isReady.withLock { $0 } })
            for process in try FileManager.default.contentsOfDirectory(atPath: "/proc") where Int(process) != nil {
                let words = (try? Data(contentsOf: URL(fileURLWithPath: "/proc/\(process)/cmdline"))) ?? Data()
                #expect(!String(decoding: words, as: UTF8.self).contains(secret), "process \(process)")
            }
            task.cancel()
            await #expect(throws: CancellationError.self) { try await task.value }
        }
    }

    @Test func cancellationLeavesNoProcess() async throws {
        try await withTransport { transport, _ in
            // The last of them has input that it never reads, more than a pipe holds.
            for (script, input) in [("", nil), ("trap '' TERM; ", nil), ("", [UInt8](repeating: 65, count: 300_000))]
                as [(String, [UInt8]?)]
            {
                let pids = Mutex<[Int32]>([])
                let command = Command(["sh", "-c", script + "sleep 1000 & echo $!; echo $$; while :; do sleep 1; done"], input: input)
                let task = Task {
                    try await transport.run(command) { line in if let pid = Int32(line.text) { pids.withLock { $0.append(pid) } } }
                }
                #expect(await eventually { pids.withLock { $0.count } == 2 })
                task.cancel()
                await #expect(throws: CancellationError.self) { try await task.value }
                for pid in pids.withLock({ $0 }) { #expect(!isRunning(pid)) }
            }
            let later = try await transport.run(Command(["echo", "alive"]))
            #expect(later.output == "alive")
        }
    }

    @Test func timesOutAndLeavesNoProcess() async throws {
        try await withTransport { transport, _ in
            let pid = Mutex<Int32>(0)
            // A machine with much else to do needs longer than two seconds for its first line.
            for limit in [2, 8, 32, 128] where pid.withLock({ $0 }) == 0 {
                let error = await #expect(throws: InfrastructureError.self) {
                    try await transport.run(Command(["sh", "-c", "echo $$; exec sleep 1000"], timeout: .seconds(limit))) { line in
                        pid.withLock { $0 = Int32(line.text) ?? 0 }
                    }
                }
                #expect(error?.type == "matrix.command.timeout")
            }
            #expect(pid.withLock { $0 } > 0)
            #expect(!isRunning(pid.withLock { $0 }))
        }
    }

    @Test func doesNotWaitForADaemonThatKeepsThePipes() async throws {
        try await withTransport { transport, _ in
            let result = try await transport.run(Command(["sh", "-c", "setsid sleep 100 & echo $!; exit 3"]))
            let pid = try #require(Int32(result.output))
            #expect(isRunning(pid))
            kill(pid, SIGKILL)
            #expect(result.exitStatus == 3)
        }
    }

    @Test func tellsALostConnectionFromAStatus() async throws {
        try await withTransport { transport, server in
            let isReady = Mutex(false)
            let task = Task {
                try await transport.run(Command(["sh", "-c", "echo ready; exec sleep 1000"])) { _ in isReady.withLock { $0 = true } }
            }
            #expect(await eventually { isReady.withLock { $0 } })
            server.killConnections()
            let error = await #expect(throws: InfrastructureError.self) { try await task.value }
            #expect(error?.type == "matrix.ssh.lost")
            #expect(error?.isTransient == true)
            // A reconnect would be silent: what the caller relied on may be gone.
            let later = await #expect(throws: InfrastructureError.self) { try await transport.run(Command(["true"])) }
            #expect(later?.type == "matrix.ssh.lost")
        }
    }

    @Test func aLostConnectionEndsTheCommand() async throws {
        try await withTransport { transport, server in
            let pid = Mutex<Int32>(0)
            let task = Task {
                try await transport.run(Command(["sh", "-c", "echo $$; exec sleep 1000"])) { line in
                    pid.withLock { $0 = Int32(line.text) ?? 0 }
                }
            }
            #expect(await eventually { pid.withLock { $0 } != 0 })
            server.killConnections()
            _ = await task.result
            #expect(await eventually { !isRunning(pid.withLock { $0 }) })
        }
    }

    @Test func twentyCommandsAtOnceOnOneMaster() async throws {
        for options in [[], ["MaxSessions 2"]] {
            try await withTransport(options: options) { transport, server in
                let results = await mapConcurrently(Array(0..<20), limit: 20) { number in
                    try? await transport.run(Command(["sh", "-c", "sleep 0.1; cat"], input: Array("\(number)".utf8))).output
                }
                #expect(results == (0..<20).map { "\($0)" })
                #expect(server.log.components(separatedBy: "Accepted publickey").count - 1 == 1)
            }
        }
    }

    @Test func uploadsAndDownloads() async throws {
        try await withTransport { transport, _ in
            let folder = try TemporaryFolder()
            let odd = "\(folder.path)/odd 'name' $x \n*"
            let bytes = Data((0..<1_500_000).map { UInt8(truncatingIfNeeded: $0 &* 7) })
            try bytes.write(to: URL(fileURLWithPath: "\(folder.path)/source"))
            chmod("\(folder.path)/source", 0o751)
            try await transport.upload("\(folder.path)/source", to: odd)
            #expect(try Data(contentsOf: URL(fileURLWithPath: odd)) == bytes)
            #expect(mode(of: odd) == 0o751)
            try await transport.download(odd, to: "\(folder.path)/back")
            #expect(try Data(contentsOf: URL(fileURLWithPath: "\(folder.path)/back")) == bytes)
            #expect(mode(of: "\(folder.path)/back") == 0o751)
            try FileManager.default.createDirectory(atPath: "\(folder.path)/tree/a b/c", withIntermediateDirectories: true)
            try "deep".write(toFile: "\(folder.path)/tree/a b/c/file", atomically: true, encoding: .utf8)
            try await transport.download("\(folder.path)/tree", to: "\(folder.path)/copy")
            #expect(try String(contentsOfFile: "\(folder.path)/copy/a b/c/file", encoding: .utf8) == "deep")
            try await transport.upload("\(folder.path)/source", to: "\(folder.path)/tree")
            #expect(FileManager.default.fileExists(atPath: "\(folder.path)/tree/source"))
            let absent = await #expect(throws: InfrastructureError.self) {
                try await transport.download("/no/such", to: "\(folder.path)/x")
            }
            #expect(absent?.why.contains("No such file") == true)
            await #expect(throws: InfrastructureError.self) {
                try await transport.upload("\(folder.path)/source", to: "/no/such/folder/file")
            }
            let left = try FileManager.default.contentsOfDirectory(atPath: folder.path)
            #expect(!left.contains { $0.contains(".part-") })
        }
    }

    @Test("Login scripts that print before and after a command take nothing from a copy and add nothing to it")
    func downloadsFromANoisyHost() async throws {
        let noise = #"ForceCommand /bin/sh -c 'echo noise; echo noise >&2; eval "$SSH_ORIGINAL_COMMAND"; s=$?; echo after; exit $s'"#
        try await withTransport(options: [noise]) { transport, _ in
            let folder = try TemporaryFolder()
            let bytes = Data((0..<300_000).map { UInt8(truncatingIfNeeded: $0 &* 7) })
            try folder.put("tree/deep/file", "deep")
            try bytes.write(to: URL(fileURLWithPath: "\(folder.path)/source"))
            try await transport.download("\(folder.path)/source", to: "\(folder.path)/back")
            #expect(try Data(contentsOf: URL(fileURLWithPath: "\(folder.path)/back")) == bytes)
            try await transport.download("\(folder.path)/tree", to: "\(folder.path)/copy")
            #expect(try folder.text("copy/deep/file") == "deep")
            let absent = await #expect(throws: InfrastructureError.self) {
                try await transport.download("/no/such", to: "\(folder.path)/x")
            }
            #expect(absent?.why.contains("No such file") == true, "\(String(describing: absent))")
        }
    }

    @Test func forwardsPorts() async throws {
        try await withTransport { transport, server in
            let ports = await mapConcurrently(Array(0..<5), limit: 5) { _ in
                try? await transport.forward(to: "127.0.0.1", port: server.port)
            }
            let port = try #require(ports.first ?? nil)
            #expect(Set(ports) == [port])
            #expect(port != server.port)
            let banner = try await LocalTransport().run(
                Command(["timeout", "120", "bash", "-c", "exec 3<>/dev/tcp/127.0.0.1/\(port); head -n 1 <&3"]))
            #expect(banner.output.hasPrefix("SSH-2.0-OpenSSH"))
        }
    }

    /// A forward of such a host opens and closes every connection: only a program of the host shows that this is not the target.
    @Test(arguments: [
        ("AllowTcpForwarding no", true), ("PermitOpen 127.0.0.1:1", true), ("DisableForwarding yes", true), ("X11Forwarding no", false),
    ])
    func knowsAHostThatRefusesForwards(option: String, isRefusing: Bool) async throws {
        try await withTransport(options: [option]) { transport, server in
            let port = try await transport.forward(to: "127.0.0.1", port: server.port)
            let banner = try await LocalTransport().run(
                Command(["timeout", "120", "bash", "-c", "exec 3<>/dev/tcp/127.0.0.1/\(port); head -n 1 <&3"]))
            #expect(banner.output.hasPrefix("SSH-2.0") != isRefusing)
            #expect(await transport.refusesForwards(to: "127.0.0.1", port: server.port) == isRefusing)
            #expect(try await transport.run(Command(["echo", "still connected"])).output == "still connected")
        }
    }

    /// sshd compares the words of a target, so that one that it serves can be refused, and itself not.
    @Test func knowsAHostThatRefusesForwardsToSomeTargets() async throws {
        try await withTransport(options: ["PermitOpen 127.0.0.1:*"]) { transport, server in
            #expect(await transport.refusesForwards(to: "localhost", port: server.port))
            #expect(await transport.refusesForwards(to: "127.0.0.1", port: server.port) == false)
            // Nothing listens there: whoever is asked says the same.
            #expect(await transport.refusesForwards(to: "127.0.0.1", port: 1) == false)
        }
    }

    @Test func relaysConnectionsOfAHostThatRefusesForwards() async throws {
        try await withTransport(options: ["AllowTcpForwarding no", "MaxSessions 3"]) { transport, server in
            let relay = try await transport.relay(to: "127.0.0.1", port: server.port)
            #expect(["python3", "bash", "socat", "nc"].contains(relay.program))
            let banners = await mapConcurrently(Array(0..<12), limit: 12) { _ in
                let script = "exec 3<>/dev/tcp/127.0.0.1/\(relay.port); head -n 1 <&3"
                return try? await LocalTransport().run(Command(["timeout", "120", "bash", "-c", script])).output
            }
            #expect(banners.allSatisfy { $0?.hasPrefix("SSH-2.0-OpenSSH") == true }, "\(banners)")
            await transport.close()
            let again = Command(["timeout", "120", "bash", "-c", "exec 3<>/dev/tcp/127.0.0.1/\(relay.port)"])
            #expect(try await LocalTransport().run(again).succeeded == false)
        }
    }

    @Test(arguments: RelayScript.programs) func eachProgramRelaysBothWays(program: String) async throws {
        let local = LocalTransport()
        guard try await local.run(Command(["sh", "-c", "command -v \(program)"])).succeeded else { return }
        let server = try RealSSHServer()
        defer { server.stop() }
        // The server answers what it is told: an identification that is no SSH.
        let words = ["timeout", "60", "sh", "-c", RelayScript.text(program), "sh", "127.0.0.1", "\(server.port)"]
        let answer = try await local.run(Command(words, input: Array("GET / HTTP/1.0\r\n\r\n".utf8)))
        #expect(answer.output.hasPrefix("SSH-2.0-OpenSSH") && answer.output.contains("Invalid SSH identification string"), "\(answer)")
        let closed = try await local.run(Command(["timeout", "60", "sh", "-c", RelayScript.text(program), "sh", "127.0.0.1", "1"]))
        #expect(!closed.succeeded && closed.standardOutput.isEmpty)
    }

    @Test func nothingIsRelayedBehindTheOutputOfLoginFiles() async throws {
        let noise = #"ForceCommand echo Welcome; eval "$SSH_ORIGINAL_COMMAND""#
        try await withTransport(options: [noise, "AllowTcpForwarding no"]) { transport, server in
            let error = await #expect(throws: InfrastructureError.self) { try await transport.relay(to: "127.0.0.1", port: server.port) }
            #expect(error?.why.contains("AllowTcpForwarding") == true && error?.why.contains("login files") == true)
        }
    }

    /// As `echo` in .bashrc, in front of everything that a session prints.
    @Test func whatLoginFilesPrintIsNoPartOfACopy() async throws {
        let noise = #"ForceCommand printf 'Welcome to the host\nfolder 755'; eval "$SSH_ORIGINAL_COMMAND""#
        try await withTransport(options: [noise]) { transport, _ in
            let folder = try TemporaryFolder()
            try FileManager.default.createDirectory(atPath: "\(folder.path)/tree/a", withIntermediateDirectories: true)
            let bytes = Data((0..<300_000).map { UInt8(truncatingIfNeeded: $0 &* 7) })
            try bytes.write(to: URL(fileURLWithPath: "\(folder.path)/tree/a/file"))
            try await transport.download("\(folder.path)/tree/a/file", to: "\(folder.path)/file")
            try await transport.download("\(folder.path)/tree", to: "\(folder.path)/copy")
            try await transport.upload("\(folder.path)/file", to: "\(folder.path)/up")
            for name in ["file", "copy/a/file", "up"] {
                #expect(try Data(contentsOf: URL(fileURLWithPath: "\(folder.path)/\(name)")) == bytes, "\(name)")
            }
        }
    }

    @Test func standardOutputGoesIntoAFileUpToALimit() async throws {
        try await withTransport { transport, _ in
            let folder = try TemporaryFolder()
            let script = #"printf '\036a\n\000'; yes | head -c 100000; echo why >&2; exit 3"#
            let lines = Mutex<[String]>([])
            let command = Command(["sh", "-c", script], outputLimit: 50_000, outputFile: "\(folder.path)/out")
            let result = try await transport.run(command) { line in lines.withLock { $0.append(line.text) } }
            #expect(result.exitStatus == 3 && result.standardOutput.isEmpty && result.errorOutput == "why" && result.isTruncated)
            #expect(lines.withLock { $0 } == ["why"])
            let bytes = try Data(contentsOf: URL(fileURLWithPath: "\(folder.path)/out"))
            #expect(bytes.count == 50_000 && bytes.prefix(4).elementsEqual([0x1e, 0x61, 0x0a, 0]))
            let full = await #expect(throws: InfrastructureError.self) {
                try await transport.run(Command(["yes"], outputLimit: .max, outputFile: "/dev/full"))
            }
            #expect(full?.what == "writing /dev/full" && full?.why.contains("no space left") == true)
            #expect(try await transport.run(Command(["echo", "still connected"])).output == "still connected")
        }
    }

    @Test(.requires(.root)) func runsAsAnotherUser() async throws {
        try await withTransport { transport, _ in
            let script = #"id -un; printf '%s|%s' "$HOME" "$TOKEN"; cat"#
            let result = try await transport.run(
                Command(["sh", "-c", script], environment: ["TOKEN": "it's"], input: Array("!".utf8), user: "nobody"))
            #expect(result.output == "nobody\n/nonexistent|it's!")
            let error = await #expect(throws: InfrastructureError.self) { try await transport.run(Command(["id"], user: "no-such-user")) }
            #expect(error?.type == "matrix.command.account")
            #expect(error?.why.contains("no-such-user") == true)
        }
    }

    @Test func pasteableCommandsWork() async throws {
        try await withTransport { transport, _ in
            let command = Command(["printf", "%s", "a 'b' $c"], environment: ["X": "1"], directory: "/usr")
            let result = try await LocalTransport().run(Command(["sh", "-c", transport.commandLine(for: command)]))
            #expect(result.output == "a 'b' $c")
        }
    }

    @Test func closingLeavesNothing() async throws {
        let server = try RealSSHServer()
        defer { server.stop() }
        let folder = try TemporaryFolder()
        let transport = try await SSHConnector(controlDirectory: folder.path).connect(to: server.endpoint()) { _ in }
        #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path).count == 1)
        await transport.close()
        #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path).isEmpty)
        await #expect(throws: InfrastructureError.self) { try await transport.run(Command(["true"])) }
    }
}
