import Foundation

/// A helper program that says on its first line where it listens; it ends with this process, or when this object goes.
///
/// Its output goes to a file: a pipe's other end would be inherited by every process that is started at the same time.
final class ServerProcess: Sendable {
    private let process: Process
    private let output: String

    init(_ program: String, _ arguments: [String], environment: [String: String] = [:]) throws {
        output = try Fixtures.temporaryFolder() + "/output"
        try Data().write(to: URL(fileURLWithPath: output))
        process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        process.arguments = [program] + arguments
        process.environment = ProcessInfo.processInfo.environment.merging(environment) { _, new in new }
        process.standardInput = FileHandle.nullDevice
        process.standardOutput = FileHandle(forWritingAtPath: output)
        try process.run()
    }

    deinit { process.terminate() }

    /// Every whole line that it printed.
    var printed: [String] {
        let text = (try? String(contentsOfFile: output, encoding: .utf8)) ?? ""
        return text.components(separatedBy: "\n").dropLast()
    }

    /// The first line, awaited.
    func firstLine() async throws -> String {
        for _ in 0..<1500 {
            if let line = printed.first { return line }
            guard process.isRunning else { break }
            try await Task.sleep(for: .milliseconds(20))
        }
        throw CocoaError(.fileReadUnknown)
    }

    /// Runs a program to its end.
    ///
    /// - Returns: its exit status, standard output and standard error.
    static func run(_ arguments: [String], environment: [String: String] = [:], input: [UInt8]? = nil) async throws -> (Int32, String, String) {
        let folder = try Fixtures.temporaryFolder()
        defer { try? FileManager.default.removeItem(atPath: folder) }
        for name in ["in", "out", "err"] { try Data(name == "in" ? input ?? [] : []).write(to: URL(fileURLWithPath: "\(folder)/\(name)")) }
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        process.arguments = arguments
        process.environment = ProcessInfo.processInfo.environment.merging(environment) { _, new in new }
        process.standardInput = FileHandle(forReadingAtPath: "\(folder)/in")
        process.standardOutput = FileHandle(forWritingAtPath: "\(folder)/out")
        process.standardError = FileHandle(forWritingAtPath: "\(folder)/err")
        try process.run()
        // Not waitUntilExit: it would hold a thread of the few that tests share.
        while process.isRunning { try await Task.sleep(for: .milliseconds(5)) }
        func text(_ name: String) throws -> String { try String(contentsOfFile: "\(folder)/\(name)", encoding: .utf8) }
        return (process.terminationStatus, try text("out"), try text("err"))
    }
}
