import CLibXML2
import MatrixCore
import MatrixTesting
import SystemPackage
import Testing

@testable import MatrixReports

struct JUnitTests {
    @Test(arguments: SampleRun.allCases)
    func `Every run is valid in the dialect and within Jenkins' schema`(_ sample: SampleRun) throws {
        let folder = try TemporaryFolder()
        #expect(try JUnitReporter().write(sample.result, into: folder.path) == ["junit.xml"])
        #expect(try SchemaValidator("matrix-junit").accepts("\(folder.path)/junit.xml"))
        _ = try JUnitReporter(profile: .strict).write(sample.result, into: folder.path)
        #expect(try SchemaValidator("jenkins-junit-10").accepts("\(folder.path)/junit.xml"))
        #expect(try folder.names == ["junit.xml"])
    }

    @Test(arguments: SampleRun.allCases)
    func `The root has the headline of all reports`(_ sample: SampleRun) throws {
        let folder = try TemporaryFolder()
        for profile in JUnitProfile.allCases {
            _ = try JUnitReporter(profile: profile).write(sample.result, into: folder.path)
            #expect(try folder.text("junit.xml").contains(": \(Verdict(sample.result).sentence)\""))
        }
    }

    @Test(arguments: SampleRun.allCases)
    func `There is an error or a failure exactly when the exit status is not 0`(_ sample: SampleRun) throws {
        let result = sample.result
        let totals = JUnitSuite.all(of: ReportedRun(result)).reduce(JUnitTotals()) { $0 + $1.totals }
        #expect((totals.errors + totals.failures > 0) == (result.exitStatus != .passed))
    }

    @Test
    func `The schema's validator tells a wrong document`() throws {
        let folder = try TemporaryFolder()
        try folder.put("junit.xml", "<testsuites name='x' tests='0' failures='0' errors='0' time='0.000'/>")
        #expect(try !SchemaValidator("matrix-junit").accepts("\(folder.path)/junit.xml"))
    }

    @Test
    func `Class names are hierarchies of words`() {
        #expect(JUnitIdentity.part("rocky9", named: "os") == "rocky9")
        #expect(JUnitIdentity.part("2", named: "influxdb") == "influxdb_2")
        #expect(JUnitIdentity.part("1.31-k3s é", named: "k3s") == "k3s_1_31_k3s__")
        #expect(JUnitIdentity.part("", named: "step") == "step")
        #expect(JUnitIdentity.part("7 wonders", named: "step") == "step_7_wonders")
    }

    @Test
    func `Second cases of one name are numbered, long ones stay apart`() {
        var identity = JUnitIdentity(prefix: "matrix.debian12.podman")
        #expect(identity.next(.named("ntp")) == ("matrix.debian12.podman.verify", "ntp"))
        #expect(identity.next(.named("ntp (2)")).name == "ntp (2)")
        #expect(identity.next(.named(" ntp\n")).name == "ntp (3)")
        // Two paths may differ in blanks alone.
        #expect(identity.next(.named("file /a  b")).name == "file /a  b" && identity.next(.named("file /é  b")).name == "file /é  b")
        #expect(identity.next(.named("file /a b")).name == "file /a b")
        let long = String(repeating: "x", count: 300)
        let first = identity.next(.named(long + "1")).name
        let second = identity.next(.named(long + "2")).name
        #expect(first != second)
        #expect(first.count <= 255 && second.count <= 255)
    }

    @Test
    func `Types are dotted words`() {
        #expect(JUnitType.dotted("matrix.check.http", or: "x.y") == "matrix.check.http")
        #expect(JUnitType.dotted("yaml", or: "x.y") == "matrix.yaml")
        #expect(JUnitType.dotted(nil, or: "x.y") == "x.y")
        #expect(JUnitType.dotted("a-b.9c..d e", or: "x.y") == "a_b.c.d_e")
    }

    @Test
    func `No case is outside its suite, even with a wrong clock`() {
        let start = SampleRun.zero
        var early = CaseResult.named("early")
        early.started = Timestamp(seconds: start.seconds - 50)
        early.seconds = 20
        var late = CaseResult.named("late")
        late.started = start + .seconds(90)
        late.seconds = 30
        let cell = CellResult(
            name: "c", point: [], platform: "p", outcome: .passed, queued: start, started: start, finished: start + .seconds(100),
            cases: [early, late])
        let interval = JUnitInterval(cell)
        #expect(interval.length == 120)
        #expect(interval.place(early).start == start)
        #expect(interval.place(early).seconds == 20)
        #expect(interval.place(late).start == start + .seconds(90))
    }

    @Test
    func `Problems of an experimental cell are skipped, its leak is an error`() throws {
        let run = ReportedRun(SampleRun.experimental.result)
        let cell = try #require(run.cells.first { $0.experimental })
        let failed = try #require(cell.cases.first { $0.outcome == .failed })
        #expect(JUnitVerdict(failed, in: cell, of: run) == .skipped("experimental: expected running, observed failed (exit-code)"))
        let leaking = ReportedRun(SampleRun.leak.result)
        let other = try #require(leaking.cells.first { $0.experimental })
        let destroy = try #require(other.cases.first { $0.phase == .destroy })
        #expect(JUnitVerdict(destroy, in: other, of: leaking) == .error)
    }

    @Test
    func `A run in which every cell was skipped, and that ended badly, has errors`() {
        var result = SampleRun.run(SampleRun.four { _ in .unavailable("no image") }, exit: .infrastructure)
        #expect(JUnitTotals(ReportedRun(result).cells[0], of: ReportedRun(result)).errors == 1)
        result.cells = []
        #expect(JUnitSuite.all(of: ReportedRun(result)).map(\.totals.errors) == [1])
    }

    @Test
    func `A leak of a cell that is not in the run is in a separate suite`() {
        var result = SampleRun.leak.result
        result.leaks[0].resource.cell = "another"
        #expect(JUnitSuite.all(of: ReportedRun(result)).last?.name == "run")
    }

    @Test
    func `A document that cannot be read back does not replace the old one`() throws {
        let folder = try TemporaryFolder()
        try folder.put("junit.xml", "old")
        #expect(throws: InfrastructureError.self) {
            try ReportFile.write("junit.xml", into: folder.path) { file in
                _ = try file.writeAll("<a><b></a>".utf8)
                try XMLProof.check(file, holds: 1, of: "b")
            }
        }
        #expect(try folder.text("junit.xml") == "old")
        #expect(try folder.names == ["junit.xml"])
    }

    @Test
    func `A full disk is told, not passed over`() throws {
        let file = try FileDescriptor.open("/dev/full", .readWrite)
        defer { try? file.close() }
        #expect(throws: InfrastructureError.self) {
            try JUnitDocument(ReportedRun(SampleRun.large.result), profile: .rich, directory: "/").write(to: file)
        }
    }

    @Test
    func `Only files that are there are named, each alone on its line`() throws {
        let folder = try TemporaryFolder()
        try folder.put("artifacts/debian12-podman/monitoring.log")
        _ = try JUnitReporter().write(SampleRun.one.result, into: folder.path)
        let text = try folder.text("junit.xml")
        #expect(text.contains("\n[[ATTACHMENT|artifacts/debian12-podman/monitoring.log]]\n"))
        #expect(!text.contains("prometheus.log"))
    }
}

extension CaseResult {
    /// A passed check.
    static func named(_ name: String) -> CaseResult {
        CaseResult(phase: .verify, step: "verify", name: name, outcome: .passed, started: SampleRun.zero, seconds: 0)
    }
}
