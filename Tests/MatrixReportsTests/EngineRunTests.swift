import Foundation
import MatrixCore
import MatrixTesting
import Testing

@testable import MatrixEngine
@testable import MatrixReports

/// What the engine really gives, as every document and every reader of one has it.
@Suite struct EngineRunTests {
    @Test(arguments: EngineRun.allCases)
    func `Every ending gives whole documents that agree with the exit status`(_ ending: EngineRun) async throws {
        let folder = try TemporaryFolder()
        let result = try await ending.write(into: folder.path)
        #expect(result.exitStatus == ending.exitStatus)
        #expect(try SchemaValidator("matrix-junit").accepts("\(folder.path)/junit.xml"))
        let junit = try folder.text("junit.xml")
        #expect((junit.contains("<failure ") || junit.contains("<error ")) == (ending.exitStatus != .passed))
        let ctrf = try #require(
            try JSONSerialization.jsonObject(with: Data(contentsOf: URL(filePath: "\(folder.path)/ctrf.json"))) as? [String: Any])
        let summary = try #require((ctrf["results"] as? [String: Any])?["summary"] as? [String: Int])
        #expect(summary["tests"] == ReportedRun(result).cells.reduce(0) { $0 + $1.cases.count })
        #expect((summary["failed"] == 0) == (ending.exitStatus == .passed))
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
        #expect(try folder.text("index.html").contains("<section id=\"logs\""))
        let names = try #require(FileManager.default.enumerator(atPath: folder.path)).compactMap { $0 as? String }
        #expect(names.count > 5)
        for name in names {
            let bytes = (try? Data(contentsOf: URL(filePath: "\(folder.path)/\(name)"))) ?? Data()
            #expect(bytes.range(of: Data(EngineRun.secret.utf8)) == nil, "\(name)")
        }
    }
}
