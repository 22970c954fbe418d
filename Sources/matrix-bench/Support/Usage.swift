import Foundation
import MatrixCore

/// What a program took.
struct Usage {
    /// Wall time in seconds.
    var wall: Double
    /// Seconds of CPU, of it and of all processes that it waited for.
    var cpu: Double

    /// Runs a program and measures it. Its output goes into `output` of its folder.
    static func of(
        _ program: URL, _ arguments: [String], in folder: String, statuses: Set<Int32> = [0], environment: [String: String] = [:]
    ) throws -> Usage {
        let process = Process()
        process.executableURL = program
        process.arguments = arguments
        process.currentDirectoryURL = URL(fileURLWithPath: folder)
        process.environment = ProcessInfo.processInfo.environment.merging(environment) { $1 }
        let log = "\(folder)/output"
        _ = FileManager.default.createFile(atPath: log, contents: nil)
        guard let output = FileHandle(forWritingAtPath: log) else { throw BenchError("\(log) cannot be written") }
        process.standardOutput = output
        process.standardError = output
        process.standardInput = FileHandle.nullDevice
        let before = Counted.children.processorSeconds
        let started = ContinuousClock.now
        do { try Self.start(process) } catch {
            throw BenchError("\(program.path) cannot be started; build it first: swift build -c release --product matrix")
        }
        process.waitUntilExit()
        let wall = (ContinuousClock.now - started).inSeconds
        guard statuses.contains(process.terminationStatus) else {
            let tail = ((try? String(contentsOfFile: log, encoding: .utf8)) ?? "").split(separator: "\n").suffix(15).joined(separator: "\n")
            throw BenchError("\(program.lastPathComponent) ended with \(process.terminationStatus):\n\(tail)")
        }
        return Usage(wall: wall, cpu: Counted.children.processorSeconds - before)
    }

    /// Threads of a pool block all signals, and a child inherits that: a shell's `wait` would never hear that a child of it ended.
    private static func start(_ process: Process) throws {
        var (none, before) = (sigset_t(), sigset_t())
        sigemptyset(&none)
        pthread_sigmask(SIG_SETMASK, &none, &before)
        defer { pthread_sigmask(SIG_SETMASK, &before, nil) }
        try process.run()
    }
}

extension [Double] {
    /// The middle value; not a number if there is none.
    var median: Double { isEmpty ? .nan : sorted()[count / 2] }
}
