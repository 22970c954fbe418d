import Foundation
import MatrixCore

/// The `matrix` program next to this one, as people start it.
struct Program {
    static let matrix = Program(name: "matrix")
    let name: String

    /// How long one run takes, in seconds of wall time.
    ///
    /// - Parameters:
    ///   - environment: in addition to that of this program.
    ///   - directory: its working folder; nil for this program's.
    ///   - statuses: the exit statuses that are no error.
    func seconds(
        _ arguments: [String], environment: [String: String] = [:], in directory: String? = nil, accepting statuses: Set<Int32> = [0]
    ) throws -> Double {
        let process = Process()
        process.executableURL = Self.folder.appendingPathComponent(name)
        process.arguments = arguments
        process.environment = ProcessInfo.processInfo.environment.merging(environment) { $1 }
        if let directory { process.currentDirectoryURL = URL(fileURLWithPath: directory) }
        process.standardOutput = FileHandle.nullDevice
        process.standardError = FileHandle.nullDevice
        let started = ContinuousClock.now
        do { try process.run() } catch {
            throw BenchError("\(name) cannot be started; build it first: swift build -c release --product matrix")
        }
        process.waitUntilExit()
        guard process.terminationReason == .exit, statuses.contains(process.terminationStatus) else {
            throw BenchError("\(name) \(arguments.joined(separator: " ")) ended with \(process.terminationStatus)")
        }
        return (ContinuousClock.now - started).inSeconds
    }

    /// Runs it in a folder and measures it with all processes that it waited for.
    ///
    /// - Parameters:
    ///   - statuses: the exit statuses that are expected.
    ///   - environment: set beside the inherited one.
    func usage(_ arguments: [String], in folder: String, statuses: Set<Int32> = [0], environment: [String: String] = [:]) throws -> Usage {
        try Usage.of(
            Self.folder.appendingPathComponent(name), arguments, in: folder, statuses: statuses, environment: environment)
    }

    /// The folder of this program's own file.
    static var folder: URL { executable.deletingLastPathComponent() }
    static var executable: URL { URL(fileURLWithPath: "/proc/self/exe").resolvingSymlinksInPath() }
}
