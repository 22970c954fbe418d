import ArgumentParser
import Foundation
import Logging
import MatrixCore

/// Where the ledger and the runs' private files are.
struct StateOptions: ParsableArguments {
    @Option(
        name: .long, help: ArgumentHelp("The state folder (default: SOLTI_STATE, or .matrix in the project).", valueName: "dir"),
        completion: Complete.folder)
    var state: String?

    @Option(
        help: ArgumentHelp(
            "Also log to standard error from this level on: debug has each request, command and child process.", valueName: "level"))
    var logLevel = LogLevel.warning

    func validate() throws {
        DebugLog.shared.show(logLevel.level)
        StateHint.shared.use(state)
    }

    /// The absolute path. `project` is that of the matrix file, or the one that contains the working folder.
    func folder(project: String) -> String {
        if let named { return Paths.absolute(named) }
        let chosen = Paths.absolute("\(project)/.matrix")
        let here = Paths.project(above: FileManager.default.currentDirectoryPath)
        if chosen != Paths.absolute("\(here)/.matrix") { StateHint.shared.useElsewhere(chosen) }
        return chosen
    }

    /// The folder that the command line or the environment names; nil if the project decides.
    var named: String? { state ?? ProcessInfo.processInfo.environment["SOLTI_STATE"].flatMap { $0.isEmpty ? nil : $0 } }

    /// The state folder of a matrix file's project; without a file, of the project that contains the working folder.
    func folder(of file: String? = nil) -> String {
        folder(project: file.map { Paths.project(of: $0) } ?? Paths.project(above: FileManager.default.currentDirectoryPath))
    }
}

/// What `--log-level` takes.
enum LogLevel: String, ExpressibleByArgument, CaseIterable {
    case debug, info, warning, error

    var level: Logger.Level { Logger.Level(rawValue: rawValue) ?? .warning }
}

/// Paths on the runner.
enum Paths {
    /// The path from the root, without `.` and `..`.
    static func absolute(_ path: String) -> String {
        URL(fileURLWithPath: path).standardizedFileURL.path
    }

    /// The project of a matrix file.
    static func project(of file: String) -> String { project(above: absolute("\(absolute(file))/..")) }

    /// Writes a file and the folders above it.
    static func write(_ text: String, to path: String, hint: String) throws {
        do {
            try FileManager.default.createDirectory(atPath: absolute("\(path)/.."), withIntermediateDirectories: true)
            try Data(text.utf8).write(to: URL(fileURLWithPath: path), options: .atomic)
        } catch {
            throw UsageError("\(path) cannot be written: \(FileProblem.words(error))", hint: hint)
        }
    }

    /// The nearest folder at or above `folder` with `.git` or `.matrix`, else `folder` itself.
    static func project(above folder: String) -> String {
        var url = URL(fileURLWithPath: folder).standardizedFileURL
        while true {
            let isProject = [".git", ".matrix"].contains { FileManager.default.fileExists(atPath: url.appendingPathComponent($0).path) }
            if isProject { return url.path }
            if url.path == "/" { return folder }
            url.deleteLastPathComponent()
        }
    }
}
