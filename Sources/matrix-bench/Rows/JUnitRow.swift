import Foundation
import MatrixCore
import MatrixReports

/// The cost of JUnit XML of very many cases. Beyond the result itself, memory must not grow with them.
struct JUnitRow: Row {
    let name = "junit"

    func measure(_ scale: Scale, in folder: String) async throws -> [Measurement] {
        let cases = scale.of(100_000)
        let result = Samples.result(cells: 100, cases: cases / 100, problemsEvery: 50)
        let before = Resident.peakMegabytes
        let started = ContinuousClock.now
        _ = try JUnitReporter().write(result, into: folder)
        let seconds = (ContinuousClock.now - started).inSeconds
        return [
            Measurement(row: name, what: "junit.xml of \(cases) cases: time", value: seconds, unit: "s", limit: scale.limit(2)),
            Measurement(
                row: name, what: "junit.xml of \(cases) cases: memory beyond the result", value: Resident.peakMegabytes - before,
                unit: "MB",
                limit: scale.limit(20), note: "the file has \(try Size.megabytes(of: "\(folder)/junit.xml")) MB"),
        ]
    }
}
