import CustomDump
import MatrixCore
import MatrixTesting
import Testing

@testable import MatrixReports

struct ResultsFileTests {
    @Test(arguments: SampleRun.allCases)
    func `What is written is read back`(_ sample: SampleRun) throws {
        let folder = try TemporaryFolder()
        var result = sample.result
        _ = try ResultsReporter().write(result, into: folder.path)
        for cell in result.cells.indices {
            for test in result.cells[cell].cases.indices where !result.cells[cell].cases[test].seconds.isFinite {
                result.cells[cell].cases[test].seconds = 0
            }
        }
        let read = try ResultsFile.read(folder.path)
        #expect(try JSON.encode(read) == JSON.encode(result))
    }

    @Test(arguments: SampleRun.allCases)
    func `A file written cell by cell is the one written at once`(_ sample: SampleRun) throws {
        let folder = try TemporaryFolder()
        var result = sample.result
        for cell in result.cells.indices { result.cells[cell].cases.removeAll { !$0.seconds.isFinite } }
        result.warnings.append(Diagnostic(.warning, at: nil, "a text with \"cells\" : [ in it"))
        for run in [result, SampleRun.one.result] {
            _ = try ResultsReporter().write(run, into: folder.path)
            // No difference is shown: to find it in a wide run takes minutes.
            let isSame = try folder.text("results.json") == String(decoding: JSON.encode(run, pretty: true), as: UTF8.self) + "\n"
            #expect(isSame)
        }
    }

    @Test
    func `A newer version is refused`() throws {
        let folder = try TemporaryFolder()
        try folder.put("results.json", #"{"version": 2, "unknown": true}"#)
        let error = #expect(throws: UsageError.self) { try ResultsFile.read(folder.path) }
        expectNoDifference(
            error?.description,
            "error: \(folder.path)/results.json has version 2, but this matrix reads up to version 1; use the newer matrix that wrote it")
    }

    @Test
    func `A missing, a strange and a damaged file are told apart`() throws {
        let folder = try TemporaryFolder()
        #expect(message(folder)?.contains("cannot be read: No such file or directory") == true)
        try folder.put("results.json", "[]")
        #expect(message(folder)?.contains("is not the result of a run") == true)
        try folder.put("results.json", #"{"version": 1, "run": "x"}"#)
        #expect(message(folder)?.contains("is damaged: 'matrix' is missing") == true)
        try folder.put("results.json", try good().replacing("2026-11-20T05:01:22.000Z", with: "yesterday"))
        #expect(message(folder)?.contains("is damaged: at ") == true)
    }

    private func good() throws -> String {
        String(decoding: try JSON.encode(SampleRun.one.result), as: UTF8.self)
    }

    private func message(_ folder: TemporaryFolder) -> String? {
        #expect(throws: UsageError.self) { try ResultsFile.read(folder.path) }?.description
    }
}
