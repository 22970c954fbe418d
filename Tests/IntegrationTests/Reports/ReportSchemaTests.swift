import Foundation
import IntegrationSupport
import MatrixCore
import MatrixTesting
import Testing

@testable import MatrixReports
@testable import MatrixReportsTests

/// JSON documents, as a validator of another project reads them.
@Suite(.requires(.pythonPackages)) struct ReportSchemaTests {
    @Test func `Results and CTRF are what their schemas say, and nothing that the schemas do not name`() async throws {
        let folder = try TemporaryFolder()
        for ending in EngineRun.allCases where ending != .large { _ = try await ending.write(into: "\(folder.path)/\(ending)") }
        for sample in [SampleRun.red, .kept, .leak] {
            let directory = "\(folder.path)/sample-\(sample)"
            try FileManager.default.createDirectory(atPath: directory, withIntermediateDirectories: true)
            var result = sample.result
            result.past = [PastRun(SampleRun.leak.result)]
            result.shard = Shard(
                index: 1, count: 2, cells: result.cells.map { Shard.Cell(name: $0.name, point: $0.point, platform: $0.platform, shard: 1) })
            for reporter in ReportCatalogue.all() { _ = try reporter.write(result, into: directory) }
        }
        let folders = try folder.names.map { "\(folder.path)/\($0)" }
        #expect(
            try await Python.validate(folders.map { "\($0)/results.json" }, against: "\(Repository.root)/docs/results.schema.json") == "")
        #expect(
            try await Python.validate(folders.map { "\($0)/ctrf.json" }, against: "\(Repository.root)/fixtures/schemas/ctrf.schema.json")
                == "")
        let broken = try await Python.validate(
            ["\(Repository.root)/docs/matrix.schema.json"], against: "\(Repository.root)/docs/results.schema.json")
        #expect(broken.contains("'version' is a required property"))
    }
}
