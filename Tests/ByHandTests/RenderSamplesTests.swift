import Foundation
import MatrixCore
import Testing

@testable import MatrixReports
@testable import MatrixReportsIntegrationTests
@testable import MatrixReportsTests

/// Renders every sample run for people and outside checkers: `SOLTI_RENDER_SAMPLES=DIR swift test --filter RenderSamples`.
struct RenderSamplesTests {
    static var folder: String? { ProcessInfo.processInfo.environment["SOLTI_RENDER_SAMPLES"] }

    @Test(.enabled(if: folder != nil, "set SOLTI_RENDER_SAMPLES to a folder"), arguments: SampleRun.allCases)
    func render(_ sample: SampleRun) throws {
        let directory = "\(Self.folder ?? ".")/\(sample.rawValue)"
        let result = sample.result
        for name in Set(result.cells.flatMap(\.cases).flatMap(\.attachments))
        where name.hasPrefix("artifacts/") && !name.contains("missing") {
            let file = URL(filePath: "\(directory)/\(name)")
            try FileManager.default.createDirectory(at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
            try "a log\n".write(to: file, atomically: false, encoding: .utf8)
        }
        try FileManager.default.createDirectory(atPath: directory, withIntermediateDirectories: true)
        let written = try ReportCatalogue.all().flatMap { try $0.write(result, into: directory) }
        #expect(!written.isEmpty)
        try "\(result.exitStatus.rawValue)".write(toFile: "\(directory)/exit", atomically: false, encoding: .utf8)
    }

    @Test(.enabled(if: folder != nil, "set SOLTI_RENDER_SAMPLES to a folder"), arguments: EngineRun.allCases)
    func renderEngine(_ ending: EngineRun) async throws {
        let directory = "\(Self.folder ?? ".")/engine-\(ending.rawValue)"
        let result = try await ending.write(into: directory)
        try "\(result.exitStatus.rawValue)".write(toFile: "\(directory)/exit", atomically: false, encoding: .utf8)
    }

    /// As large as anyone's matrix gets; takes long in a debug build.
    @Test(.enabled(if: folder != nil, "set SOLTI_RENDER_SAMPLES to a folder"))
    func renderHuge() throws {
        let directory = "\(Self.folder ?? ".")/huge"
        try FileManager.default.createDirectory(atPath: directory, withIntermediateDirectories: true)
        let result = LargeRun.cases(cells: 1000, checks: 100)
        for reporter in ReportCatalogue.all() { _ = try reporter.write(result, into: directory) }
        try "\(result.exitStatus.rawValue)".write(toFile: "\(directory)/exit", atomically: false, encoding: .utf8)
    }
}
