import ArgumentParser
import Foundation
import MatrixCore

/// `matrix-bench` measures the overhead of the harness, row by row, each row in a separate process.
@main
struct MatrixBench: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "matrix-bench", abstract: "Measure the overhead of the harness itself.",
        discussion: """
            Each row runs in a separate process, so that its memory peak is measured alone. A row beyond its limit is marked, and the exit \
            status is 1. With --smoke the sizes are small, and the limits do not count.
            """)

    @Flag(help: "Use small sizes and no limits: only a report.")
    var smoke = false

    @Option(name: .customLong("only"), help: ArgumentHelp("Only rows whose name matches (repeatable).", valueName: "glob"))
    var only: [String] = []

    @Option(help: ArgumentHelp("Measure each row n times, and report the smallest value of each number.", valueName: "n"))
    var times = 1

    @Flag(help: "Also measure other programs that are on the PATH: spread beside the rows static-*.")
    var peers = false

    @Option(help: "The format: table, markdown or json.")
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
        if peers { Peers.include() }
        var measurements: [Measurement] = []
        for row in Rows.all where only.isEmpty ? !(smoke && row.needsHosts) : only.contains(where: { Glob.matches($0, row.name) }) {
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

/// Runs one row in a separate process, so that its memory peak is measured alone.
struct RowProcess {
    let row: String
    let smoke: Bool

    func measurements() async throws -> [Measurement] {
        let process = Process()
        let output = Pipe()
        process.executableURL = Program.executable
        process.arguments = ["--row", row] + (smoke ? ["--smoke"] : [])
        process.standardOutput = output
        try process.run()
        let data = output.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        guard process.terminationStatus == 0 else { throw BenchError("row \(row) ended with status \(process.terminationStatus)") }
        return try JSONDecoder().decode([Measurement].self, from: data)
    }
}
