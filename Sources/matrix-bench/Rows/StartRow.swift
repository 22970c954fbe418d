import Foundation

/// How long `matrix --help` takes: the start-up time of every command.
struct StartRow: Row {
    let name = "start"

    func measure(_ scale: Scale, in folder: String) async throws -> [Measurement] {
        let times = try (0..<scale.of(50)).map { _ in try Program.matrix.seconds(["--help"]) }.sorted()
        return [
            Measurement(
                row: name, what: "matrix --help, median of \(times.count)", value: times[times.count / 2] * 1000, unit: "ms",
                limit: scale.limit(30),
                note: "wall time, the process's start included")
        ]
    }
}
