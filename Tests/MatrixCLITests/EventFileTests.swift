import Foundation
import MatrixCore
import MatrixTesting
import Testing

@testable import MatrixCLI

@Suite struct EventFileTests {
    /// Kinds and texts of the events in the file, in order.
    private func events(in folder: TemporaryFolder) throws -> [String] {
        let text = try String(contentsOfFile: "\(folder.path)/events.ndjson", encoding: .utf8)
        return try text.split(separator: "\n").map { line in
            let event = try JSON.decode(Event.self, from: Array(line.utf8))
            let cell = event.cell.map { "\($0): " } ?? ""
            return switch event.kind {
            case .output(_, _, _, let line): "\(cell)\(line.prefix(10))"
            case .warning(let text): "\(cell)! \(text)"
            case .caseFinished(let result): "\(cell)case \(result.name)"
            case .cellFinished: "\(cell)end"
            default: "\(cell)other"
            }
        }
    }

    private func output(_ text: String, _ cell: String) -> Event { Event(cell: cell, .output(.deploy, step: "s", host: nil, line: text)) }

    @Test func `Only output is limited, each cell has its share, and what is missing is said`() throws {
        let folder = try TemporaryFolder()
        let file = try EventFile(in: folder.path, outputLimit: 4 << 10)
        file.emit(Event(.runStarted(matrix: "m", cells: ["a", "b"], notSelected: 0)))
        let long = String(repeating: "x", count: 1200)
        for _ in 0..<5 { file.emit(output(long, "a")) }
        file.emit(output("short", "a"))
        file.emit(output("of another", "b"))
        let result = CaseResult(
            phase: .deploy, step: "s", name: "n", outcome: .passed, started: .now, seconds: 0, detail: long + long + long)
        for _ in 0..<3 { file.emit(Event(cell: "a", .caseFinished(result))) }
        file.emit(Event(cell: "a", .cellFinished(.passed, message: nil)))
        file.emit(Event(cell: "b", .cellFinished(.passed, message: nil)))
        file.emit(Event(.runFinished(exitStatus: .passed, reports: "r")))
        #expect(
            try events(in: folder) == [
                "other", "a: xxxxxxxxxx",
                "a: ! output is left out of this file from here on: it has 2.0 KiB for each cell; see the log", "b: of another",
                "a: case n",
                "a: case n", "a: case n", "a: ! 5 lines of output are left out of this file; see the log", "a: end", "b: end", "other",
            ])
    }

    @Test func `What fits is whole`() throws {
        let folder = try TemporaryFolder()
        let file = try EventFile(in: folder.path)
        for number in 1...3 { file.emit(output("line \(number)", "a")) }
        file.emit(Event(.runFinished(exitStatus: .passed, reports: "r")))
        #expect(try events(in: folder) == ["a: line 1", "a: line 2", "a: line 3", "other"])
    }
}
