import MatrixCore
import MatrixTesting
import Testing

@testable import MatrixDeployers

@Suite(.timeLimit(.minutes(10))) struct FuzzTests {
    @Test func ansibleEvents() throws {
        var fuzzer = Fuzzer(
            "ansible-events",
            samples: [
                #"{"event": "playbook", "time": 1, "plays": 2}"# + "\n" + #"{"event": "play", "time": 1, "play": "all"}"# + "\n"
                    + #"{"event": "start", "time": 2, "host": "a", "task": "one", "id": "1"}"# + "\n"
                    + #"{"event": "task", "time": 4, "host": "a", "task": "one", "id": "1", "status": "ok", "action": "debug"}"# + "\n"
                    + #"{"event": "stats", "time": 1e300, "counts": {"ok": 2}}"# + "\n",
                #"{"event": "item", "time": 1, "host": "a", "id": "1", "status": "failed", "rc": 1e300, "stdout": "x", "attempts": 3}"#
                    + "\n"
                    + #"{"event": "no_hosts", "time": 1, "play": "x", "limited": true}"# + "\n",
            ], words: ["\"event\"", "\"playbook\"", "\"status\": \"unreachable\"", "\"plays\": 9223372036854775807", "\n"])
        try fuzzer.run { bytes in
            var record = TaskRecord()
            for line in bytes.split(separator: UInt8(ascii: "\n")) {
                if let event = try? JSON.decode(AnsibleEvent.self, from: Array(line)) { record.take(event) }
            }
            _ = (record.unfinished, record.hasBegun, record.hasWorked, record.counts, record.endings.count)
        }
    }

    @Test func workloads() throws {
        var fuzzer = Fuzzer(
            "workloads",
            samples: [
                #"{"kind":"List","items":[{"kind":"Deployment","metadata":{"name":"a","generation":2},"#
                    + #""spec":{"replicas":1e300},"status":{}}]}"#,
                #"{"items":[{"kind":"Pod","metadata":{"name":"p"},"status":{"containerStatuses":[{"restartCount":3,"#
                    + #""state":{"waiting":{"reason":"ImagePullBackOff"}}}]}}]}"#,
            ])
        try fuzzer.run { bytes in
            guard let value = Value(json: String(decoding: bytes, as: UTF8.self)) else { return }
            for workload in Workload.all(in: value, namespace: "default") { _ = (workload.label, workload.progress(of: value)) }
            _ = Workload.failure(in: value)
        }
    }
}
