import Foundation
import MatrixCore
import Testing

@testable import MatrixDeployers

/// The plugin's lines, without Ansible.
struct TaskRecordTests {
    private func record(_ lines: [String]) throws -> TaskRecord {
        var record = TaskRecord()
        for line in lines { record.take(try JSON.decode(AnsibleEvent.self, from: Array(line.utf8))) }
        return record
    }

    @Test func whatWasRunningIsKnown() throws {
        let record = try record([
            #"{"event": "play", "time": 1, "play": "all"}"#, #"{"event": "start", "time": 2, "host": "a", "task": "one", "id": "1"}"#,
            #"{"event": "start", "time": 3, "host": "b", "task": "one", "id": "1"}"#,
            #"{"event": "task", "time": 4, "host": "a", "task": "one", "id": "1", "status": "ok", "action": "debug"}"#,
        ])
        #expect(record.unfinished == ["one on b"] && record.hasBegun && record.hasWorked && record.counts == nil)
    }

    @Test func anUnfinishedLineWaitsForItsEnd() async throws {
        let box = try Sandbox()
        let follower = EventFollower("\(box.path)/events")
        #expect(await follower.read().counts == nil)
        let (whole, half) = (#"{"event": "stats", "time": 1, "counts": {"ok": 2}}"# + "\n", #"{"event": "play""#)
        try box.write(whole + half, to: "events")
        var record = await follower.read()
        #expect(record.counts == ["ok": 2] && !record.hasBegun)
        // In place: the follower has the file open.
        let file = try #require(FileHandle(forWritingAtPath: "\(box.path)/events"))
        try file.seekToEnd()
        try file.write(contentsOf: Data((#", "time": 2, "play": "all"}"# + "\n").utf8))
        record = await follower.read()
        #expect(record.hasBegun)
    }

    @Test func namesHoldNothingThatChangesFromRunToRun() throws {
        let box = try Sandbox()
        let endpoint = Endpoint(
            address: "192.0.2.7", user: "root", keyFile: "k", knownHostsFile: "h", alias: "a", internalAddress: "10.1.2.3")
        var names = TaskNames(box.context(endpoint: endpoint, secrets: ["t": "very secret"]), taken: ["site"])
        #expect(names.name(["ask 10.1.2.3 and\n 192.0.2.7 in 261123-050122-k3f9"], host: "debian12-podman") == "ask host and host in run")
        #expect(names.name(["with very secret"], host: "debian12-podman") == "with [redacted]")
        #expect(names.name(["site"], host: "debian12-podman") == "site (2)" && names.name(["site"], host: "debian12-podman") == "site (3)")
        #expect(names.name(["play", nil, "x"], host: "localhost") == "play : x (localhost)")
    }
}
