import Foundation
import MatrixCore
import MatrixTesting
import Testing

@testable import MatrixEngine
@testable import MatrixReports

/// What the engine really gives, as every document and every reader of one has it.
@Suite(.serialized) struct EngineRunTests {
    @Test(arguments: EngineRun.allCases)
    func `Every ending gives whole documents that agree with the exit status`(_ ending: EngineRun) async throws {
        let folder = try TemporaryFolder()
        let result = try await ending.write(into: folder.path)
        #expect(result.exitStatus == ending.exitStatus)
        #expect(try SchemaValidator("matrix-junit").accepts("\(folder.path)/junit.xml"))
        let junit = try folder.text("junit.xml")
        #expect((junit.contains("<failure ") || junit.contains("<error ")) == (ending.exitStatus != 0))
        let ctrf = try #require(try JSONSerialization.jsonObject(with: Data(contentsOf: URL(filePath: "\(folder.path)/ctrf.json"))) as? [String: Any])
        let summary = try #require((ctrf["results"] as? [String: Any])?["summary"] as? [String: Int])
        #expect(summary["tests"] == ReportedRun(result).cells.reduce(0) { $0 + $1.cases.count })
        #expect((summary["failed"] == 0) == (ending.exitStatus == 0))
        let page = try folder.text("index.html")
        #expect(page.utf8.count <= 2_000_000)
        #expect(page.ranges(of: "<").count - page.ranges(of: "</").count <= 30_000)
        #expect(try ResultsFile.read(folder.path).cells.count == result.cells.count)
    }

    @Test
    func `A hostile program's output breaks no document, and its secret is in no file`() async throws {
        let folder = try TemporaryFolder()
        let result = try await EngineRun.hostile.write(into: folder.path)
        let cell = try #require(result.cells.first { $0.outcome == .failed })
        let log = try folder.text(try #require(cell.cases.first { $0.outcome == .failed }?.attachments.first))
        // A log ends at its cap.
        #expect(log.utf8.count > min(EngineRun.megabytes << 20, StepLog.limit * 9 / 10) && !log.contains("\u{1b}"))
        #expect(try folder.text("index.html").contains("The end of the log"))
        let names = try #require(FileManager.default.enumerator(atPath: folder.path)).compactMap { $0 as? String }
        #expect(names.count > 5)
        for name in names {
            let bytes = (try? Data(contentsOf: URL(filePath: "\(folder.path)/\(name)"))) ?? Data()
            #expect(bytes.range(of: Data(EngineRun.secret.utf8)) == nil, "\(name)")
        }
    }

    @Test(.enabled(if: Python.isThere, "needs fixtures/.venv: run fixtures/setup.sh --tests"))
    func `Results and CTRF are what their schemas say, and nothing that the schemas do not name`() async throws {
        let folder = try TemporaryFolder()
        for ending in EngineRun.allCases where ending != .large { _ = try await ending.write(into: "\(folder.path)/\(ending)") }
        for sample in [SampleRun.red, .kept, .leak] {
            let directory = "\(folder.path)/sample-\(sample)"
            try FileManager.default.createDirectory(atPath: directory, withIntermediateDirectories: true)
            var result = sample.result
            result.past = [PastRun(SampleRun.leak.result)]
            result.shard = Shard(index: 1, count: 2, cells: result.cells.map { Shard.Cell(name: $0.name, point: $0.point, platform: $0.platform, shard: 1) })
            for reporter in ReportCatalogue.all() { _ = try reporter.write(result, into: directory) }
        }
        let folders = try folder.names.map { "\(folder.path)/\($0)" }
        #expect(try Python.validate(folders.map { "\($0)/results.json" }, against: "\(Project.root)/docs/results.schema.json") == "")
        #expect(try Python.validate(folders.map { "\($0)/ctrf.json" }, against: "\(Project.root)/fixtures/schemas/ctrf.schema.json") == "")
        let broken = try Python.validate(["\(Project.root)/docs/matrix.schema.json"], against: "\(Project.root)/docs/results.schema.json")
        #expect(broken.contains("'version' is a required property"))
    }

    @Test(.enabled(if: Required.orSkipped(Browser.isThere), "needs chromium: run fixtures/setup.sh --tests"))
    func `Chromium shows what the address asks for`() async throws {
        let folder = try TemporaryFolder()
        _ = try await EngineRun.oneSystem.write(into: folder.path)
        let all = try Browser(folder, hash: "")
        #expect(all.console.isEmpty)
        #expect(all.shownCells == EngineRun.systems.map { "cell-\($0)-scripted" })
        #expect(all.shownRows == ["service prometheus", "http prometheus is healthy", "package prometheus"])
        let one = try Browser(folder, hash: "#q=s:failed%20os:rocky10&rows=all")
        #expect(one.shownCells == ["cell-rocky10-scripted"])
        #expect(one.shownRows.count == EngineRun.checks.count)
        let text = try Browser(folder, hash: "#q=no%20such%20text")
        #expect(text.shownCells.isEmpty)
    }
}
