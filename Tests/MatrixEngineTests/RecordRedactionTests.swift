import MatrixCore
import Synchronization
import Testing

@testable import MatrixEngine

/// Every text of every record and event, with a secret in it. A new field or kind of event fails here until it is decided what it is.
@Suite struct RecordRedactionTests {
    private static let secret = "hunter2-secret"
    private let redactor = Redactor()

    init() { redactor.hide(Self.secret) }

    // MARK: - Samples: everything is filled, and each text holds the secret

    private let text = "a \(secret) b"
    private let date = Timestamp(seconds: 1_795_410_082)
    private var point: [AxisValue] { [AxisValue(axis: text, value: text)] }
    private var place: MatrixCore.SourceLocation { MatrixCore.SourceLocation(file: text, line: 1, column: 1) }
    private var run: RunID { RunID(text) }

    private var check: CaseResult {
        var result = CaseResult(
            phase: .verify, step: text, name: text, outcome: .failed, started: date, seconds: 1, message: text, detail: text, type: text,
            location: place,
            host: text, attempts: [Attempt(outcome: .error, message: text, detail: text, type: text)], attachments: [text],
            properties: [text: text])
        result.evidence = [CheckEvidence(title: text, text: text)]
        result.changes = [HostChange(text, before: text, after: text)]
        return result
    }

    private var phase: PhaseResult {
        PhaseResult(phase: .create, attempt: 1, started: date, finished: date, outcome: .error, message: text)
    }

    private var host: HostResult { HostResult(name: text, role: text, address: text, resource: text, facts: [text: text]) }

    private var resource: Resource {
        Resource(platform: text, kind: text, name: text, id: text, run: run, cell: text, host: text, expires: date, details: [text: text])
    }

    private var leak: Leak {
        Leak(resource: resource, why: text, command: text, price: Price(hourly: 1, monthly: 2, currency: text), since: date)
    }

    private var result: RunResult {
        let cell = CellResult(
            name: text, point: point, platform: text, outcome: .failed, queued: date, started: date, finished: date, phases: [phase],
            cases: [check],
            hosts: [host], costs: [Cost(1, text)])
        let past = PastRun(
            run: run, started: date, exitStatus: .failed, commit: text, outcomes: [text: .failed],
            problems: [PastRun.Problem(cell: text, phase: .verify, step: text, name: text, outcome: .failed)])
        var shard = Shard(index: 1, count: 2, cells: [Shard.Cell(name: text, point: point, platform: text, shard: 1)])
        shard.after = true
        var result = RunResult(
            run: run, matrix: text, file: text, started: date, finished: date, commit: text, axes: [Axis(name: text, values: [text])],
            cells: [cell],
            notSelected: [text], selection: [text], warnings: [Diagnostic(.warning, at: place, text, hint: text)], leaks: [leak],
            kept: [resource],
            interruption: .interrupted, environment: [text: text],
            shard: shard, past: [past])
        result.unfinished = true
        result.entrances = [Entrance(cell: text, host: text, commands: [text])]
        return result
    }

    private var events: [Event.Kind] {
        [
            .runStarted(matrix: text, cells: [text], notSelected: 1), .cellStarted, .phaseStarted(.create, attempt: 2),
            .phaseFinished(phase),
            .stepStarted(.deploy, step: text), .taskStarted(.deploy, step: text, task: text), .caseFinished(check),
            .output(.deploy, step: text, host: text, line: text), .waiting(text),
            .retrying(.create, attempt: 2, because: text), .warning(text), .cellFinished(.failed, message: text), .stopping(because: text),
            .resourceLeaked(leak), .runFinished(exitStatus: .leaked, reports: text),
        ]
    }

    /// A new kind of event does not compile before it has its number here, and fails before it is among the samples.
    private func number(of kind: Event.Kind) -> Int {
        switch kind {
        case .runStarted: 0
        case .cellStarted: 1
        case .phaseStarted: 2
        case .phaseFinished: 3
        case .stepStarted: 4
        case .caseFinished: 5
        case .output: 6
        case .waiting: 7
        case .retrying: 8
        case .warning: 9
        case .cellFinished: 10
        case .stopping: 11
        case .resourceLeaked: 12
        case .runFinished: 13
        case .taskStarted: 14
        }
    }

    // MARK: - What identifies something, and stays as it is

    private static let ofCase: Set = ["step", "name", "type", "location.file", "host", "attempts.type", "attachments", "properties.key"]
    private static let ofHost: Set = ["name", "role", "address", "resource", "facts.key"]
    private static let ofResource: Set = ["platform", "kind", "name", "id", "run.value", "cell", "host", "details.key", "details.value"]
    private static let ofLeak = within("resource", ofResource).union(["command", "charge.price.currency"])

    private static func within(_ path: String, _ paths: Set<String>) -> Set<String> { Set(paths.map { "\(path).\($0)" }) }

    // MARK: - Tests

    @Test func `A run's result`() throws {
        let identity: Set = [
            "run.value", "matrix", "file", "commit", "axes.name", "axes.values", "notSelected", "warnings.location.file", "environment.key",
            "cells.name", "cells.point.axis", "cells.point.value", "cells.platform", "cells.costs.currency", "past.run.value",
            "past.commit",
            "past.outcomes.key", "past.problems.cell", "past.problems.step", "past.problems.name", "shard.cells.name",
            "shard.cells.point.axis",
            "shard.cells.point.value", "shard.cells.platform", "entrances.cell", "entrances.host",
        ]
        let all = identity.union(Self.within("cells.cases", Self.ofCase)).union(Self.within("cells.hosts", Self.ofHost))
            .union(Self.within("leaks", Self.ofLeak)).union(Self.within("kept", Self.ofResource))
        var redacted = result
        redactor.redact(&redacted)
        try expect(redacted, from: result, identity: all)
    }

    @Test func `A phase for the ledger`() throws {
        let record = PhaseRecord(.verify, outcome: .failed, finished: date, tries: [phase], cases: [check], hosts: [host], ended: text)
        try expect(
            redactor.redact(record), from: record, identity: Self.within("cases", Self.ofCase).union(Self.within("hosts", Self.ofHost)))
    }

    @Test func `A case whose name nobody planned`() throws {
        try expect(redactor.redact(unplanned: check), from: check, identity: Self.ofCase.subtracting(["name"]))
    }

    @Test func `Every kind of event, in every sink`() throws {
        #expect(Set(events.map(number)) == Set(0...14))
        let identity: Set = [
            "cell", "kind.runStarted.matrix", "kind.runStarted.cells", "kind.stepStarted.step", "kind.output.step", "kind.output.host",
            "kind.taskStarted.step", "kind.runFinished.reports",
        ]
        let all = identity.union(Self.within("kind.caseFinished", Self.ofCase)).union(Self.within("kind.resourceLeaked", Self.ofLeak))
        for kind in events {
            let event = Event(time: date, cell: text, kind)
            let sink = Recorder()
            RedactingSink(sink: sink, redactor: redactor).emit(event)
            try expect(try #require(sink.events.first), from: event, identity: all, isAll: false)
        }
    }

    @Test func `Control characters are gone before a secret is looked for`() {
        let sink = Recorder()
        RedactingSink(sink: sink, redactor: redactor).emit(Event(.warning("hunter2\u{1b}[1m-secret")))
        guard case .warning(let text)? = sink.events.first?.kind else {
            Issue.record("another event")
            return
        }
        #expect(text == Redactor.mark)
    }

    @Test func `A cut leaves no half of a secret`() {
        let text = String(repeating: "x", count: 490) + Self.secret
        #expect(redactor.firstLine(of: "\(text)\nsecond") == String((String(repeating: "x", count: 490) + Redactor.mark).prefix(500)))
    }

    // MARK: - Looking at every text

    private struct Leaf: Hashable {
        var path: String
        var text: String
    }

    /// - Parameter isAll: whether every path of `identity` is in the value.
    private func expect<Record>(_ redacted: Record, from raw: Record, identity: Set<String>, isAll: Bool = true) throws {
        let before = leaves(raw, "")
        #expect(before.allSatisfy { $0.text.contains(Self.secret) }, "the sample has texts without the secret: \(before)")
        let after = leaves(redacted, "")
        try #require(before.map(\.path) == after.map(\.path))
        for (old, new) in zip(before, after) {
            let expected = identity.contains(old.path) ? text : "a \(Redactor.mark) b"
            #expect(new.text == expected, "\(new.path)")
        }
        if isAll { #expect(identity.subtracting(before.map(\.path)).isEmpty) }
    }

    /// All texts of a value with their places; what is nil or empty in a sample is a failure, as it hides what it could hold.
    private func leaves(_ value: Any, _ path: String) -> [Leaf] {
        func below(_ label: String?) -> String {
            // Parts of a list and of an associated value without a label have no label.
            guard let label, !label.hasPrefix("."), label != "some" else { return path }
            return path.isEmpty ? label : "\(path).\(label)"
        }
        if let text = value as? String { return [Leaf(path: path, text: text)] }
        let mirror = Mirror(reflecting: value)
        switch mirror.displayStyle {
        case .optional, .collection, .dictionary: #expect(!mirror.children.isEmpty, "\(path) is empty in the sample")
        default: break
        }
        let isList = mirror.displayStyle == .collection || mirror.displayStyle == .dictionary
        return mirror.children.flatMap { leaves($0.value, isList ? path : below($0.label)) }
    }
}

private final class Recorder: EventSink {
    private let recorded = Mutex<[Event]>([])

    func emit(_ event: Event) { recorded.withLock { $0.append(event) } }

    var events: [Event] { recorded.withLock { $0 } }
}
