import Foundation
import MatrixCore
import MatrixTesting
import Testing

@testable import MatrixReports

/// A report that another program changed.
@Suite(.timeLimit(.minutes(10))) struct FuzzTests {
    @Test func results() throws {
        let golden = try String(contentsOfFile: Repository.path("fixtures/golden/results.json"), encoding: .utf8)
        var fuzzer = Fuzzer("results", samples: [golden])
        let folder = try TemporaryFolder()
        try fuzzer.run { bytes in
            try Data(bytes).write(to: URL(filePath: "\(folder.path)/results.json"))
            guard let result = try? ResultsFile.read(folder.path) else { return }
            for reporter in ReportCatalogue.all() { _ = try? reporter.write(result, into: folder.path) }
        }
    }
}
