import Foundation
import IntegrationSupport
import MatrixCore
import MatrixTesting
import Testing

@testable import MatrixRemote

@Suite(.requires(.helperPrograms), .timeLimit(.minutes(10))) struct ChildProcessTests {
    /// As a client of an SSH master may, which then waits for whoever holds the pipes.
    @Test func aProgramThatMissesTheFirstSignalIsEnded() async throws {
        #expect(try await ending(of: "trap 'trap - TERM' TERM; echo ready; while :; do sleep 0.05; done", grace: .seconds(10)) == 128 + 15)
    }

    @Test func aProgramThatIgnoresSignalsIsKilled() async throws {
        #expect(try await ending(of: "trap '' TERM; echo ready; while :; do sleep 1; done", grace: .milliseconds(500)) == 128 + 9)
    }

    /// For the kernel a zombie is a member of its group until its parent collects it, which need not be soon: PID 1 of many a
    /// container never does.
    @Test func aGroupWhoseMembersNobodyCollectsHasEnded() async throws {
        // After exec the shell is a sleep, which collects nothing. A child that ended before that would be collected by the shell.
        let member = "until [ \"$(cat /proc/$PPID/comm)\" = sleep ]; do sleep 0.05; done"
        let parent = ChildProcess(arguments: ["sh", "-c", "setsid sh -c '\(member)' & echo $!; exec sleep 600"])
        _ = try await parent.run { chunk in
            let text = String(decoding: chunk.bytes, as: UTF8.self)
            guard let group = pid_t(text.trimmingCharacters(in: .newlines)) else { return .more }
            #expect(await eventually { ProcessStatus(pid: group)?.hasEnded == true })
            #expect(kill(-group, 0) == 0, "the kernel counts the zombie")
            await ProcessGroup(group).end(grace: .seconds(600))
            #expect(kill(-group, 0) == 0, "nobody has collected it")
            return .enough
        }
    }

    /// An orphan would stay a zombie in the connection's group for as long as PID 1 lets it, and its end would be waited for.
    @Test(arguments: [SIGTERM, nil]) func theShellAroundAConnectionCollectsBothOfItsChildren(_ signal: Int32?) async throws {
        let endpoint = Endpoint(address: "a", port: 22, user: "u", keyFile: "", knownHostsFile: "", alias: "a")
        let master = SSHCommandLine(endpoint: endpoint, socket: "/s").master
        // What follows the script is the client: one that ends by the same signal, or one that ends by itself.
        let script = Array(master.prefix(4)) + ["sh", "-c", signal == nil ? "echo up" : "echo up; exec sleep 600"]
        for _ in 0..<20 {
            var process = ChildProcess(arguments: ["sh", "-c", "echo $$; exec \"$@\"", "sh"] + script, input: .open([]))
            process.grace = .seconds(600)
            var text = ""
            _ = try await process.run { chunk in
                text += String(decoding: chunk.bytes, as: UTF8.self)
                return signal != nil && text.contains("up") ? .enough : .more
            }
            let group = try #require(text.split(separator: "\n").first.flatMap { pid_t($0) })
            #expect(kill(-group, 0) == -1 && errno == ESRCH, "an orphan is left in the group")
        }
    }

    @Test("PID 1 collects an orphan that has ended, and leaves a child that somebody waits for")
    func orphans() async throws {
        // A child that the process library does not know, as an orphan is.
        var pid: pid_t = 0
        let arguments = [strdup("true"), nil]
        defer { free(arguments[0]) }
        let status = posix_spawnp(&pid, "true", nil, nil, arguments, nil)
        try #require(status == 0)
        #expect(await eventually { ProcessStatus(pid: pid)?.hasEnded == true })
        OrphanCollector.spare(pid)
        #expect(!OrphanCollector.collect(seenBefore: [pid]).contains(pid))
        #expect(ProcessStatus(pid: pid)?.hasEnded == true)
        OrphanCollector.forget(pid)
        // Not at the first sight: its waiter may be about to collect it.
        #expect(OrphanCollector.collect(seenBefore: []).contains(pid))
        #expect(ProcessStatus(pid: pid)?.hasEnded == true)
        _ = OrphanCollector.collect(seenBefore: [pid])
        #expect(ProcessStatus(pid: pid) == nil)
    }

    /// Its status, if what it printed was enough.
    private func ending(of script: String, grace: Duration) async throws -> Int32 {
        var process = ChildProcess(arguments: ["sh", "-c", script])
        process.grace = grace
        return try await process.run { _ in .enough }
    }
}
