import Foundation
import IntegrationSupport
import MatrixCore
import MatrixLedger
import Testing

/// `matrix report` and `matrix history` as a CI job calls them.
@Suite(.requires(.programs, .xmllint)) struct ReportCommandTests {
    private static let time = Timestamp(seconds: 1_795_410_000)
    private static let names = ["debian12-p", "debian13-p", "rocky9-p"]

    @Test func mergedShardsEndWithTheStatusOfTheWhole() async throws {
        let project = try Project()
        try write(shard(1, ["debian12-p": .passed]), to: "shards/a/reports/r1", in: project)
        try project.write("log\n", to: "shards/a/reports/r1/artifacts/debian12-p/site.log")
        try write(shard(2, ["debian13-p": .passed]), to: "shards/b", in: project)
        let lacking = try await MatrixProcess.run(["report", "merge", "shards"], in: project)
        #expect(lacking.status == 3)
        #expect(lacking.errors.contains("warning: shard 3 has no report: its cells are errors"))
        #expect(lacking.output.contains("shard 3/3, which runs this cell, gave no result for it"))
        let report = try Report(project)
        try report.validateJUnit()
        #expect(report.result.cells.map(\.outcome) == [.passed, .passed, .error])
        #expect(try project.read("reports/latest/artifacts/debian12-p/site.log") == "log\n")
        try write(shard(3, ["rocky9-p": .passed]), to: "shards/c", in: project)
        let whole = try await MatrixProcess.run(["report", "merge", "shards/a", "shards/b", "shards/c", "--format", "json"], in: project)
        #expect(whole.status == 0, "\(whole.errors)")
        let merged = try JSON.decode(RunResult.self, from: Array(whole.output.utf8))
        #expect(merged.past?.first?.outcomes["rocky9-p"] == .error)
        #expect(try project.read("reports/latest/index.html").contains("1 fixed"))
        #expect(try await MatrixProcess.run(["report", "merge", "nothing"], in: project).status == 2)
    }

    @Test func reportsAreMadeAgainInEitherProfileAndCompared() async throws {
        let project = try Project()
        try write(result("r1", ["debian12-p": .passed, "rocky9-p": .failed]), to: "reports/r1", in: project)
        try write(result("r2", ["debian12-p": .failed, "rocky9-p": .passed]), to: "reports/r2", in: project)
        let strict = try await MatrixProcess.run(["report", "r1", "--junit-profile", "strict"], in: project)
        #expect(strict.status == 0, "\(strict.errors)")
        for name in ["results.json", "junit.xml", "index.html", "summary.md", "ctrf.json"] {
            #expect(strict.output.contains("reports/r1/\(name)\n"))
        }
        #expect(
            try !project.read("reports/r1/junit.xml").contains(
                "<testcase classname=\"matrix.debian12.p.verify\" name=\"up\" time=\"1.000\" timestamp"))
        #expect(try await MatrixProcess.run(["report", "r1"], in: project).status == 0)
        #expect(
            try project.read("reports/r1/junit.xml").contains(
                "<testcase classname=\"matrix.debian12.p.verify\" name=\"up\" time=\"1.000\" timestamp"))
        #expect(try await MatrixProcess.run(["report", "r1", "--junit-profile", "loose"], in: project).status == 2)
        let compared = try await MatrixProcess.run(["report", "compare", "r1", "r2"], in: project)
        #expect(compared.status == 1)
        #expect(compared.output.contains("r2 since r1: 1 new, 1 fixed"))
        #expect(try await MatrixProcess.run(["report", "compare", "r1", "r1"], in: project).status == 0)
        #expect(try await MatrixProcess.run(["report", "compare", "r1", "r9"], in: project).status == 2)
    }

    @Test func historyComesFromTheStateFolder() async throws {
        let project = try Project()
        #expect(try await MatrixProcess.run(["history"], in: project).output == "no run is on record\n")
        let ledger = try SQLiteLedger(state: project.url.appendingPathComponent(".matrix").path)
        for (number, outcome) in [Outcome.passed, .failed, .passed].enumerated() {
            var run = result("r\(number)", ["debian12-p": .passed, "rocky9-p": outcome])
            run.started = Timestamp(seconds: Self.time.seconds + Double(number))
            try await ledger.remember(run)
        }
        let all = try await MatrixProcess.run(["history"], in: project)
        #expect(all.output.contains("rocky9-p    flaky    2 of 3  ✓✗✓"))
        #expect(all.output.contains("up    rocky9-p  flaky  2 of 3  ✓✗✓"))
        let one = try await MatrixProcess.run(["history", "--cell", "debian*", "--check", "UP"], in: project)
        #expect(one.output.contains("debian12-p  passing  3 of 3  ✓✓✓") && !one.output.contains("rocky9"))
        #expect(
            try await MatrixProcess.run(["history", "--check", "nothing"], in: project).output == "no case with 'nothing' is on record\n")
    }

    private func write(_ result: RunResult, to folder: String, in project: Project) throws {
        try project.write(String(decoding: try JSON.encode(result), as: UTF8.self), to: "\(folder)/results.json")
    }

    private func shard(_ index: Int, _ outcomes: [String: Outcome]) -> RunResult {
        var run = result("s\(index)", outcomes)
        let cells = Self.names.enumerated().map { Shard.Cell(name: $1, point: Self.point($1), platform: "p", shard: $0 + 1) }
        run.shard = Shard(index: index, count: 3, cells: cells)
        return run
    }

    private func result(_ id: String, _ outcomes: [String: Outcome]) -> RunResult {
        let cells = outcomes.sorted { $0.key < $1.key }.map { name, outcome in
            let test = CaseResult(
                phase: .verify, step: "verify", name: "up", outcome: outcome, started: Self.time, seconds: 1,
                message: outcome == .passed ? nil : "down",
                type: outcome == .passed ? nil : "matrix.check.service")
            return CellResult(
                name: name, point: Self.point(name), platform: "p", outcome: outcome, queued: Self.time, started: Self.time,
                finished: Self.time + .seconds(2), cases: [test])
        }
        return RunResult(
            run: RunID(id), matrix: "m", file: "m.yml", started: Self.time, finished: Self.time + .seconds(2),
            axes: [Axis(name: "os", values: ["debian12", "debian13", "rocky9"]), Axis(name: "platform", values: ["p"])], cells: cells,
            exitStatus: outcomes.values.contains(.failed) ? .failed : .passed)
    }

    private static func point(_ name: String) -> [AxisValue] {
        [AxisValue(axis: "os", value: String(name.prefix { $0 != "-" })), AxisValue(axis: "platform", value: "p")]
    }
}
