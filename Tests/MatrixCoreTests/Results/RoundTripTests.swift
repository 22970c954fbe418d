import Testing

@testable import MatrixCore

/// Values that other processes and later versions read again.
@Suite struct RoundTripTests {
    private let date = Timestamp(seconds: 1_795_410_082.125)

    private func survives<T: Codable & Equatable>(_ value: T) throws {
        #expect(try JSON.decode(T.self, from: JSON.encode(value)) == value)
        #expect(try JSON.decode(T.self, from: JSON.encode(value, pretty: true)) == value)
    }

    private var resource: Resource {
        Resource(
            platform: "podman", kind: "container", name: "n", id: "abc", run: RunID("r"), cell: "c", host: "h", expires: date,
            details: ["port": "1"])
    }

    @Test func whatTheLedgerKeeps() throws {
        try survives(resource)
        var bare = resource
        bare.host = nil
        bare.expires = nil
        try survives(bare)
        try survives(
            Endpoint(
                address: "::1", user: "root", keyFile: "/k", knownHostsFile: "/h", alias: "a", hostKeys: ["k"], internalAddress: "10.0.0.1")
        )
        try survives(Owner(pid: 1, startTicks: 2, boot: "b", machine: "m"))
        try survives(LeaseID(7))
        try survives(Lease.State.allForTests)
        try survives([Phase.create: 1.5, .destroy: 2])
    }

    @Test func sourcesOfSecrets() throws {
        let place = SourceLocation(file: "m.yml", line: 1, column: 2)
        let origins: [SecretSource.Origin] = [
            .environment("X"), .file("/f"), .command(["pass", "show"]), .vault(file: "/v", key: "k", password: "p"),
        ]
        try survives(origins.map { SecretSource(name: "s", origin: $0, location: place) })
    }

    @Test func durationsByPhaseAreAnObject() {
        #expect(JSON.text([Phase.create: 1]) == #"{"create":1}"#)
    }

    @Test func aRunsResult() throws {
        let again = try JSON.decode(RunResult.self, from: JSON.encode(result))
        #expect(JSON.text(again) == JSON.text(result))
        #expect(again.version == 1)
        #expect(again.cells.first?.cases.first?.attempts == result.cells.first?.cases.first?.attempts)
        #expect(again.cells.first?.phases == result.cells.first?.phases)
        #expect(again.leaks == result.leaks)
        #expect(again.kept == [resource])
    }

    @Test func everyEvent() throws {
        let phase = PhaseResult(phase: .create, attempt: 1, started: date, finished: date, outcome: .error, message: "m")
        let kinds: [Event.Kind] = [
            .runStarted(matrix: "m", cells: ["c"], notSelected: 1), .cellStarted, .phaseStarted(.create, attempt: 2), .phaseFinished(phase),
            .stepStarted(.deploy, step: "s"), .taskStarted(.deploy, step: "s", task: "t"), .caseFinished(check),
            .output(.deploy, step: "s", host: nil, line: "l\n"), .waiting("w"),
            .retrying(.create, attempt: 2, because: "b"), .warning("w"), .cellFinished(.passed, message: nil), .stopping(because: "SIGINT"),
            .resourceLeaked(Leak(resource: resource, why: "w", command: "c")), .runFinished(exitStatus: .leaked, reports: "/r"),
        ]
        for kind in kinds {
            let line = JSON.text(Event(time: date, cell: "c", kind))
            #expect(!line.contains("\n"))
            #expect(try JSON.text(JSON.decode(Event.self, from: Array(line.utf8))) == line)
        }
    }

    private var check: CaseResult {
        CaseResult(
            phase: .verify, step: "verify", name: "it's up", outcome: .failed, started: date, seconds: 1.5, message: "m", detail: "d\n<x>",
            type: "matrix.check.http",
            location: SourceLocation(file: "m.yml", line: 3, column: 1), host: "h",
            attempts: [Attempt(outcome: .error, message: "m", detail: "d", type: "t")], attachments: ["artifacts/c/x.log"],
            properties: ["observed": "1"])
    }

    private var result: RunResult {
        let cell = CellResult(
            name: "c", point: [AxisValue(axis: "os", value: "debian12")], platform: "podman", experimental: true, outcome: .failed,
            queued: date, started: date,
            finished: date + .seconds(2),
            phases: [PhaseResult(phase: .create, attempt: 1, started: date, finished: date + .seconds(1), outcome: .passed)],
            cases: [check],
            hosts: [HostResult(name: "h", role: "server", address: "127.0.0.1", resource: "abc", facts: ["os": "Debian"])])
        return RunResult(
            run: RunID("r"), matrix: "local", file: "local.yml", started: date, finished: date + .seconds(2), commit: "abc-dirty",
            axes: [Axis(name: "os", values: ["debian12"])], cells: [cell], notSelected: ["x"], selection: ["--cell c"],
            warnings: [Diagnostic(.warning, at: nil, "odd")],
            leaks: [
                Leak(
                    resource: resource, why: "w", command: "matrix reap --run r",
                    price: Price(hourly: 1, currency: "USD"), since: date)
            ], kept: [resource],
            interrupted: true, exitStatus: .interrupted, environment: ["PATH": "/bin"])
    }
}

extension Lease.State {
    fileprivate static let allForTests: [Lease.State] = [.intended, .created, .kept, .leaked]
}
