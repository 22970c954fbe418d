import Foundation

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
