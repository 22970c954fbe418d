import Foundation
import Synchronization

/// The built `matrix` program, run as a user would in a new project folder.
final class MatrixProcess: Sendable {
    /// How a run ended.
    struct Ending {
        var status: Int32
        var output: String
        var errors: String
    }

    private let process: Process
    private let output: URL
    private let errors: URL

    /// Where the test bundle and the program lie side by side.
    static let executable: String = {
        let folder = URL(fileURLWithPath: CommandLine.arguments[0]).deletingLastPathComponent()
        return folder.appendingPathComponent("matrix").path
    }()

    /// Starts the program; its output goes into files, so that no full pipe can stop it.
    init(_ arguments: [String], in project: Project, environment: [String: String] = [:]) throws {
        let name = UUID().uuidString
        output = project.url.appendingPathComponent(".out-\(name)")
        errors = project.url.appendingPathComponent(".err-\(name)")
        for url in [output, errors] { _ = FileManager.default.createFile(atPath: url.path, contents: nil) }
        process = Process()
        process.executableURL = URL(fileURLWithPath: Self.executable)
        process.arguments = arguments
        process.currentDirectoryURL = project.url
        var inherited = ProcessInfo.processInfo.environment
        for key in ["SOLTI_STATE", "GITHUB_ACTIONS", "PROXMOX_DISTRO"] { inherited[key] = nil }
        process.environment = inherited.merging(environment) { _, new in new }
        process.standardInput = FileHandle.nullDevice
        let handles = [try FileHandle(forWritingTo: output), try FileHandle(forWritingTo: errors)]
        (process.standardOutput, process.standardError) = (handles[0], handles[1])
        try process.run()
        for handle in handles { try handle.close() }
    }

    /// Runs the program to its end.
    static func run(_ arguments: [String], in project: Project, environment: [String: String] = [:]) async throws -> Ending {
        try await MatrixProcess(arguments, in: project, environment: environment).ending()
    }

    func ending() async throws -> Ending {
        while process.isRunning { try await Task.sleep(for: .milliseconds(50)) }
        return Ending(
            status: process.terminationReason == .uncaughtSignal ? 128 + process.terminationStatus : process.terminationStatus,
            output: try String(contentsOf: output, encoding: .utf8), errors: try String(contentsOf: errors, encoding: .utf8))
    }

    /// Standard output until now.
    var outputSoFar: String { get throws { try String(contentsOf: output, encoding: .utf8) } }

    func send(_ signal: Int32) { kill(process.processIdentifier, signal) }

    var isRunning: Bool { process.isRunning }

    /// Waits until standard error holds `text`, or the program has ended.
    func waitFor(_ text: String) async throws {
        while process.isRunning {
            if try String(contentsOf: errors, encoding: .utf8).contains(text) { return }
            try await Task.sleep(for: .milliseconds(20))
        }
    }
}
