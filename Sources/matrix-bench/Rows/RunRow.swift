import Foundation

/// A rehearsal of 10,000 cells as a user starts it: the file, the engine, the events and all reports.
struct RunRow: Row {
    let name = "run-10000"
    private static let cases = 10

    func measure(_ scale: Scale, in folder: String) async throws -> [Measurement] {
        let side = scale.isSmoke ? 10 : 100
        let values = (0..<side).map(String.init).joined(separator: ", ")
        // Six checks, and what every cell has: create, the system, provision and destroy.
        let file = """
            version: 1
            name: many
            platforms: { podman: { driver: podman } }
            axes: { os: [debian12], platform: [podman], one: [\(values)], two: [\(values)] }
            limits: { parallel: 100 }
            verify: [\((1...6).map { "{ command: 'test \($0)' }" }.joined(separator: ", "))]

            """
        try file.write(toFile: "\(folder)/many.yml", atomically: true, encoding: .utf8)
        try "speed: 100000\n".write(toFile: "\(folder)/scenario.yml", atomically: true, encoding: .utf8)
        let arguments = ["run", "many.yml", "--scenario", "scenario.yml", "--state", "state", "--reports", "reports", "--format", "plain"]
        let wall = try Program.matrix.seconds(arguments, in: folder)
        let counted = Counted.children
        let what = "matrix run --simulate of \(side * side) cells × \(Self.cases) cases"
        return [
            Measurement(row: name, what: "\(what): wall time", value: wall, unit: "s"),
            Measurement(row: name, what: "\(what): processor time", value: counted.processorSeconds, unit: "s", limit: scale.limit(10)),
            Measurement(row: name, what: "\(what): peak memory", value: counted.peakMegabytes, unit: "MB", limit: scale.limit(200)),
        ]
    }
}
