import Foundation
import MatrixCore
import Testing

@testable import MatrixReports

/// Renders every sample run for people and outside checkers: `SOLTI_RENDER_SAMPLES=DIR swift test --filter RenderSamples`.
struct RenderSamplesTests {
    static var folder: String? { ProcessInfo.processInfo.environment["SOLTI_RENDER_SAMPLES"] }

    @Test(.enabled(if: folder != nil, "set SOLTI_RENDER_SAMPLES to a folder"), arguments: SampleRun.allCases)
    func render(_ sample: SampleRun) throws {
        let directory = "\(Self.folder ?? ".")/\(sample.rawValue)"
        let result = sample.result
        for name in Set(result.cells.flatMap(\.cases).flatMap(\.attachments)) where name.hasPrefix("artifacts/") && !name.contains("missing") {
            let file = URL(filePath: "\(directory)/\(name)")
            try FileManager.default.createDirectory(at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
            try "a log\n".write(to: file, atomically: false, encoding: .utf8)
        }
        try FileManager.default.createDirectory(atPath: directory, withIntermediateDirectories: true)
        let written = try ReportCatalogue.all().flatMap { try $0.write(result, into: directory) }
        #expect(!written.isEmpty)
        try "\(result.exitStatus)".write(toFile: "\(directory)/exit", atomically: false, encoding: .utf8)
    }
}
