import Foundation
import Glibc
import IntegrationSupport
import MatrixRemote
import MatrixTesting
import Synchronization
import Testing

@testable import MatrixCore
@testable import MatrixRemoteTests

/// Programs of this machine by ``LocalTransport``.
@Suite(.requires(.helperPrograms)) struct LocalCommandTests {
    private let local = LocalTransport()

    @Test func streamsBothStreamsAndKeepsThem() async throws {
        let lines = Mutex<[OutputLine]>([])
        let result = try await local.run(Command(["sh", "-c", "echo one; echo two >&2; printf three; exit 7"])) { line in
            lines.withLock { $0.append(line) }
        }
        #expect(result.exitStatus == 7)
        #expect(result.output == "one\nthree")
        #expect(result.errorOutput == "two")
        #expect(lines.withLock { $0.filter { $0.stream == .standardOutput }.map(\.text) } == ["one", "three"])
        #expect(lines.withLock { $0.contains(OutputLine(.standardError, "two")) })
    }

    @Test func passesInputEnvironmentAndDirectory() async throws {
        let script = #"cat; printf '%s|%s' "$GREETING" "$PWD""#
        let result = try await local.run(
            Command(["sh", "-c", script], environment: ["GREETING": "he'llo $x"], directory: "/usr", input: Array("in\0put\n".utf8)))
        #expect(result.standardOutput == Array("in\0put\nhe'llo $x|/usr".utf8))
    }

    @Test func hasNoInputUnlessGiven() async throws {
        #expect(try await local.run(Command(["readlink", "/proc/self/fd/0"])).output == "/dev/null")
    }

    @Test func reportsSignalsAsShellsDo() async throws {
        #expect(try await local.run(Command(["sh", "-c", "kill -9 $$"])).exitStatus == 137)
    }

    @Test func survivesAProgramThatDoesNotReadItsInput() async throws {
        let result = try await local.run(Command(["true"], input: [UInt8](repeating: 65, count: 4 << 20)))
        #expect(result.exitStatus == 0)
    }

    @Test func roundTripsMuchInput() async throws {
        let bytes = ManyBytes.all
        let result = try await local.run(Command(["cat"], input: bytes, outputLimit: 1 << 23))
        #expect(result.standardOutput == bytes)
        #expect(!result.isTruncated)
    }

    @Test func doesNotWaitForADaemonThatKeepsThePipes() async throws {
        let result = try await local.run(Command(["sh", "-c", "setsid sleep 600 & echo $!; exit 3"]))
        let pid = try #require(Int32(result.output))
        #expect(isRunning(pid), "the daemon lives on, and was not waited for")
        kill(pid, SIGKILL)
        #expect(result.exitStatus == 3)
    }

    @Test func doesNotFollowADaemonThatPrintsForEver() async throws {
        let result = try await local.run(Command(["sh", "-c", "setsid yes & echo $! >&2"], outputLimit: 10))
        let pid = try #require(Int32(result.errorOutput))
        kill(pid, SIGKILL)
        #expect(result.exitStatus == 0)
    }

    @Test func endsTheWholeProcessGroupWhenCancelled() async throws {
        let pids = Mutex<[Int32]>([])
        let task = Task {
            try await local.run(Command(["sh", "-c", "sleep 1000 & echo $!; sleep 1000 & echo $!; echo $$; wait"])) { line in
                if let pid = Int32(line.text) { pids.withLock { $0.append(pid) } }
            }
        }
        #expect(await eventually { pids.withLock { $0.count } == 3 })
        task.cancel()
        await #expect(throws: CancellationError.self) { try await task.value }
        for pid in pids.withLock({ $0 }) { #expect(!isRunning(pid)) }
    }

    @Test func killsWhatIgnoresTheTermination() async throws {
        let pid = Mutex<Int32?>(nil)
        let task = Task {
            try await local.run(Command(["sh", "-c", "trap '' TERM; sh -c 'trap \"\" TERM; echo $$; while :; do sleep 1; done'"])) { line in
                pid.withLock { $0 = Int32(line.text) }
            }
        }
        #expect(await eventually { pid.withLock { $0 } != nil })
        task.cancel()
        await #expect(throws: CancellationError.self) { try await task.value }
        let stubborn = try #require(pid.withLock { $0 })
        #expect(!isRunning(stubborn))
    }

    @Test func endsAMemberThatOutlivesItsLeader() async throws {
        let pid = Mutex<Int32?>(nil)
        let task = Task {
            try await local.run(Command(["sh", "-c", "sh -c 'trap \"\" TERM; echo $$; while :; do sleep 1; done' & wait"])) { line in
                pid.withLock { $0 = Int32(line.text) }
            }
        }
        #expect(await eventually { pid.withLock { $0 } != nil })
        task.cancel()
        await #expect(throws: CancellationError.self) { try await task.value }
        let stubborn = try #require(pid.withLock { $0 })
        #expect(!isRunning(stubborn))
    }

    @Test func timesOut() async throws {
        let error = await #expect(throws: InfrastructureError.self) {
            try await local.run(Command(["sleep", "1000"], timeout: .milliseconds(100)))
        }
        #expect(error?.type == "matrix.command.timeout")
        #expect(error?.why.contains("0.1s") == true)
        #expect(error?.command?.commandLine == "sleep 1000")
    }

    @Test func saysWhatToInstall() async throws {
        let error = await #expect(throws: InfrastructureError.self) { try await local.run(Command(["helm-that-is-not-there"])) }
        #expect(error?.type == "matrix.command.missing")
        #expect(error?.why == "helm-that-is-not-there was not found on this machine")
        let known = await #expect(throws: InfrastructureError.self) { try await local.run(Command(["/nowhere/ansible-playbook"])) }
        #expect(known?.next?.contains("apt install ansible-core") == true)
        let folder = await #expect(throws: InfrastructureError.self) {
            try await local.run(Command(["true"], directory: "/no/such/folder"))
        }
        #expect(folder?.why == "the working folder /no/such/folder does not exist")
    }

    @Test(.requires(.root)) func runsAsAnotherUser() async throws {
        let command = Command(
            ["sh", "-c", #"id -un; printf '%s' "$SECRET"; cat"#], environment: ["SECRET": "s3cret'"], input: Array("\ninput".utf8),
            user: "nobody")
        let result = try await local.run(command)
        #expect(result.output == "nobody\ns3cret'\ninput")
        #expect(try await local.run(Command(["false"], user: "nobody")).exitStatus == 1)
    }

    @Test func manyAtOnce() async throws {
        let results = await mapConcurrently(Array(0..<60), limit: 60) { number in
            try? await LocalTransport().run(Command(["sh", "-c", "echo \(number)"], input: Array("x".utf8))).output
        }
        #expect(results == (0..<60).map { "\($0)" })
    }

    @Test func copiesFilesAndFolders() async throws {
        let folder = try TemporaryFolder()
        try "text".write(toFile: folder.path + "/a", atomically: true, encoding: .utf8)
        chmod(folder.path + "/a", 0o640)
        try await local.upload(folder.path + "/a", to: folder.path + "/b")
        #expect(mode(of: folder.path + "/b") == 0o640)
        try FileManager.default.createDirectory(atPath: folder.path + "/d/e", withIntermediateDirectories: true)
        try "x".write(toFile: folder.path + "/d/e/f", atomically: true, encoding: .utf8)
        try await local.download(folder.path + "/d", to: folder.path + "/copy")
        #expect(FileManager.default.fileExists(atPath: folder.path + "/copy/e/f"))
        await #expect(throws: InfrastructureError.self) { try await local.download(folder.path + "/nothing", to: folder.path + "/x") }
    }
}
