import Foundation
import MatrixCore
import MatrixTesting

/// The project's files that the lab uses.
enum LabFiles {
    static let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()

    static func path(_ relative: String) -> String { root.appendingPathComponent(relative).path }

    /// Runs one of the project's scripts.
    ///
    /// - Returns: the last line that it printed.
    @discardableResult
    static func run(_ script: String, _ arguments: String...) async throws -> String {
        let (status, output, errors) = try await ServerProcess.run([path(script)] + arguments)
        guard status == 0 else {
            let tail = errors.split(separator: "\n").suffix(5).joined(separator: "\n")
            throw InfrastructureError("\(script) \(arguments.joined(separator: " "))", why: tail, isTransient: false)
        }
        return output.split(separator: "\n").last.map(String.init) ?? ""
    }

    /// Writes a file below a folder, and makes the folders above it.
    static func write(_ text: String, to path: String, below folder: String) throws {
        let file = URL(fileURLWithPath: folder).appendingPathComponent(path)
        try FileManager.default.createDirectory(at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
        try Data(text.utf8).write(to: file)
    }
}
