import Foundation
import MatrixCore
import Synchronization
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

    private func task(_ host: String, _ action: String, _ status: String = "ok", place: String? = nil, more: String = "") -> String {
        let place = place.map { #", "place": "\#($0)""# } ?? ""
        let task = #""event": "task", "time": 4, "host": "\#(host)", "task": "t", "id": "1""#
        return #"{\#(task), "status": "\#(status)", "action": "\#(action)"\#(place)\#(more)}"#
    }

    @Test(
        "A play that did nothing on the cell's hosts is known",
        arguments: [
            ([("localhost", "command", "ok", "localhost")], true), ([("web", "command", "changed", "web")], false),
            // Facts alone, and what this machine does for a host, touch nothing; facts that are judged do.
            ([("web", "gather_facts", "ok", "web"), ("web", "ansible.builtin.debug", "ok", nil)], true),
            ([("web", "gather_facts", "ok", "web"), ("web", "assert", "ok", nil)], false), ([("web", "set_fact", "ok", nil)], true),
            ([("web", "uri", "ok", "localhost")], true), ([("web", "copy", "changed", nil)], true),
            ([("web", "copy", "failed", "web")], false), ([("web", "copy", "ignored", "web")], false),
            // Skipped tasks are separate cases.
            ([("web", "copy", "skipped", "web")], false), ([], false),
        ] as [([(String, String, String, String?)], Bool)])
    func idlePlays(_ tasks: [(String, String, String, String?)], _ isIdle: Bool) throws {
        let start = #"{"event": "play", "time": 1, "play": "prepare"}"#
        let record = try record([start] + tasks.map { task($0.0, $0.1, $0.2, place: $0.3) })
        #expect(record.idlePlays(on: ["web"]) == (isIdle ? ["prepare"] : []))
    }

    @Test func whatOnlySaysWhatItWouldChangeTouchesNothing() throws {
        let start = #"{"event": "play", "time": 1, "play": "dry"}"#
        #expect(try record([start, task("web", "copy", place: "web", more: #", "check": true"#)]).idlePlays(on: ["web"]) == ["dry"])
    }

    @Test func excusesAreCounted() throws {
        let record = try record([
            #"{"event": "play", "time": 1, "play": "all"}"#, task("web", "command", "ignored", place: "web"),
            task("web", "command", "ignored", place: "web", more: #", "unreachable": true"#),
            task("web", "command", "rescued", place: "web"),
            task("web", "command", "rescued", place: "web"), #"{"event": "play", "time": 1, "play": "here"}"#, task("web", "debug"),
        ])
        #expect(record.count(.ignored) == 2 && record.ignoredUnreachable == 1)
        #expect(
            AnsibleExcuses(record, hosts: ["web"]).note
                == "1 task failed and was ignored; 2 tasks failed and were rescued; 1 task could not reach its host, which was ignored; "
                + "the play `here` touched no host of this cell")
        #expect(AnsibleExcuses(TaskRecord(), hosts: ["web"]).note == nil)
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

    /// Once per task, however many hosts it has; once more for each batch of a play with `serial`.
    @Test func eachTaskIsAnnouncedWhenItBegins() async throws {
        let box = try Sandbox()
        let said = Mutex<[String]>([])
        let follower = EventFollower("\(box.path)/events", onTask: { task in said.withLock { $0.append(task) } })
        func start(_ task: String, _ host: String) -> String {
            #"{"event": "start", "time": 1, "host": "\#(host)", "task": "\#(task)", "id": "\#(task)"}"#
        }
        let play = #"{"event": "play", "time": 1, "play": "all"}"#
        let lines = [play, start("Gathering Facts", "a"), start("Gathering Facts", "b"), start("web : Install  nginx", "a"), play]
        try box.write((lines + [start("web : Install  nginx", "b")]).joined(separator: "\n") + "\n", to: "events")
        await follower.read()
        await follower.read()
        #expect(said.withLock { $0 } == ["task 1: Gathering Facts", "task 2: web : Install nginx", "task 3: web : Install nginx"])
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
