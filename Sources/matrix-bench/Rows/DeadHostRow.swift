import Foundation
import MatrixCore
import MatrixReports
import MatrixTesting

/// What a host that does not answer costs: its own cell the deadline, once, and the others nothing.
struct DeadHostRow: Row {
    let needsHosts = true
    let name = "dead-host"

    func measure(_ scale: Scale, in folder: String) async throws -> [Measurement] {
        let count = scale.of(11)
        let deadline = scale.isSmoke ? 2 : 10
        if let obstacle = BenchFarm.obstacle {
            return [Measurement(row: name, what: "the dead host's cell", value: nil, unit: "s", note: obstacle)]
        }
        let farm = try BenchFarm(count)
        defer { farm.stop() }
        let matrix = farm.matrixWithDeadHost(deadline: deadline)
        try matrix.write(toFile: "\(folder)/farm.yml", atomically: true, encoding: .utf8)
        let loop = try BareLoop(farm).usage(in: folder)
        // 3: one cell could not reach a verdict.
        _ = try Program.matrix.usage(["run", "farm.yml", "--format", "plain"], in: folder, statuses: [3])
        let result = try ResultsFile.read("\(folder)/reports/latest")
        let good = result.cells.filter { $0.outcome == .passed }
        guard good.count == count else { throw BenchError("\(good.count) of \(count) cells passed") }
        let others = good.map { $0.finished.seconds(since: result.started) }.max() ?? .nan
        return [
            Measurement(
                row: name, what: "\(count) cells beside a dead host: until the last has ended", value: others, unit: "s",
                limit: scale.limit(Double(deadline) / 2), platform: loop.wall, note: "the deadline is \(deadline) s"),
            Measurement(
                row: name, what: "the whole run", value: result.finished.seconds(since: result.started), unit: "s",
                limit: scale.limit(Double(deadline) + 2)),
        ]
    }
}
