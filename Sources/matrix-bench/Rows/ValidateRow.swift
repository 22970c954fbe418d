import Foundation

/// How long a matrix file of many cells takes to read, expand and check.
struct ValidateRow: Row {
    let name = "validate"

    func measure(_ scale: Scale, in folder: String) async throws -> [Measurement] {
        let cells = scale.of(10_000)
        let file = "\(folder)/large.yml"
        try MatrixText.file(cells: cells).write(toFile: file, atomically: true, encoding: .utf8)
        let times = try (0..<5).map { _ in try Program.matrix.seconds(["validate", file]) }.sorted()
        return [
            Measurement(
                row: name, what: "matrix validate of \(cells) cells, median of 5", value: times[2], unit: "s", limit: scale.limit(1),
                note: "3 axes, 3 steps, 4 checks")
        ]
    }
}
