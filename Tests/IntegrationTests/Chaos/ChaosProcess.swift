import Foundation

/// The `matrix-chaos` program beside the tests.
final class ChaosProcess: Sendable {
    private let process = Process()
    private let outputFile: URL

    static let executable = URL(fileURLWithPath: CommandLine.arguments[0]).deletingLastPathComponent().appendingPathComponent(
        "matrix-chaos")

    init(_ arguments: [String], environment: [String: String] = [:]) throws {
        outputFile = FileManager.default.temporaryDirectory.appendingPathComponent("chaos-out-\(UUID().uuidString)")
        _ = FileManager.default.createFile(atPath: outputFile.path, contents: nil)
        process.executableURL = Self.executable
        process.arguments = arguments
        process.environment = ProcessInfo.processInfo.environment.merging(environment) { _, new in new }
        process.standardInput = FileHandle.nullDevice
        let handle = try FileHandle(forWritingTo: outputFile)
        process.standardOutput = handle
        try process.run()
        try handle.close()
    }

    deinit { try? FileManager.default.removeItem(at: outputFile) }

    var isRunning: Bool { process.isRunning }
    var lines: [String] { ((try? String(contentsOf: outputFile, encoding: .utf8)) ?? "").split(separator: "\n").map(String.init) }
    var status: Int32 { process.terminationReason == .uncaughtSignal ? 128 + process.terminationStatus : process.terminationStatus }

    func send(_ signal: Int32) { kill(process.processIdentifier, signal) }

    /// Waits until it printed a line, or has ended.
    func waitFor(_ line: String) async throws {
        while process.isRunning, !lines.contains(line) { try await Task.sleep(for: .milliseconds(10)) }
    }

    func end() async throws {
        while process.isRunning { try await Task.sleep(for: .milliseconds(20)) }
    }
}

/// A clock that jumps, for a process under libfaketime.
struct FakeClock {
    private let file: String

    /// The library, if it is installed.
    static let library = ["x86_64", "aarch64"].map { "/usr/lib/\($0)-linux-gnu/faketime/libfaketime.so.1" }.first {
        FileManager.default.fileExists(atPath: $0)
    }

    init(in folder: String) throws {
        file = "\(folder)/clock"
        try jump(by: 0)
    }

    /// Monotonic clocks go on: a clock that is set does not change them.
    var environment: [String: String] {
        [
            "LD_PRELOAD": Self.library ?? "", "FAKETIME_TIMESTAMP_FILE": file, "FAKETIME_NO_CACHE": "1",
            "FAKETIME_DONT_FAKE_MONOTONIC": "1",
            "DONT_FAKE_MONOTONIC": "1",
        ]
    }

    func jump(by seconds: Int) throws {
        try "\(seconds >= 0 ? "+" : "")\(seconds)\n".write(toFile: file, atomically: true, encoding: .utf8)
    }
}
