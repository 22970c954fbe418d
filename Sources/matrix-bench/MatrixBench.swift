import ArgumentParser
import Foundation
import MatrixCore

/// `matrix-bench`: what the harness itself costs, row by row, each in a process of its own.
@main
struct MatrixBench: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "matrix-bench", abstract: "Measure what the harness itself costs.",
        discussion: """
            Each row runs in a process of its own, so that peaks of memory are its own. A row beyond its limit is marked and ends the \
            program with status 1, but with --smoke: small sizes, a report and never a verdict.
            """)

    @Flag(help: "Small sizes: a report, never a pass or fail.")
    var smoke = false

    @Option(name: .customLong("only"), help: ArgumentHelp("Only rows whose name matches (repeatable).", valueName: "glob"))
    var only: [String] = []

    @Option(help: ArgumentHelp("Measure each row so many times and take the least of each number.", valueName: "n"))
    var times = 1

    @Option(help: "table, markdown or json.")
    var format: Format = .table

    @Option(help: .hidden)
    var row: String?

    enum Format: String, ExpressibleByArgument, CaseIterable {
        case table
        case markdown
        case json
    }

    func run() async throws {
        if let row { return try await measure(row) }
        var measurements: [Measurement] = []
        for row in Rows.all where only.isEmpty || only.contains(where: { Glob.matches($0, row.name) }) {
            FileHandle.standardError.write(Data("\(row.name) …\n".utf8))
            var tries: [[Measurement]] = []
            for _ in 0..<max(1, times) { tries.append(try await RowProcess(row: row.name, smoke: smoke).measurements()) }
            measurements += Measurement.least(of: tries)
        }
        print(try Sheet(measurements).text(format))
        if !smoke, measurements.contains(where: \.isBeyondLimit) { throw ExitCode(1) }
    }

    private func measure(_ name: String) async throws {
        guard let row = Rows.all.first(where: { $0.name == name }) else { throw ValidationError("there is no row '\(name)'") }
        let folder = try Folder()
        defer { folder.remove() }
        let measurements = try await row.measure(Scale(isSmoke: smoke), in: folder.path)
        print(String(decoding: try JSONEncoder().encode(measurements), as: UTF8.self))
    }
}
