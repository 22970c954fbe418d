import Foundation

/// Runs one row in a process of its own, so that its peak of memory is its own.
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
