import Foundation
import MatrixCore
import Testing

/// The machines of a CI engine: each has the project, a shell, and `matrix`, whose runs are rehearsals there.
struct RunnerFleet {
    private let project: Project
    private let scenario: String
    private let root: URL

    /// - Parameters:
    ///   - scenario: what happens to the cells, whichever machine runs them.
    ///   - lost: shards whose process is killed before it wrote anything.
    init(_ project: Project, scenario: String, lost: Set<Int>) throws {
        self.project = project
        root = project.url.appendingPathComponent("fleet-\(UUID().uuidString)")
        self.scenario = root.appendingPathComponent("scenario.yml").path
        let bin = root.appendingPathComponent("bin")
        try FileManager.default.createDirectory(at: bin, withIntermediateDirectories: true)
        try Data(scenario.utf8).write(to: URL(fileURLWithPath: self.scenario))
        let program = bin.appendingPathComponent("matrix")
        try Data(wrapper(lost).utf8).write(to: program)
        try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: program.path)
    }

    private func wrapper(_ lost: Set<Int>) -> String {
        """
        #!/bin/sh
        case "$*" in \(lost.sorted().map { "*--shard\\ \($0)/*" }.joined(separator: "|").nonEmpty ?? "no-shard-is-lost") ) kill -KILL $$ \
        ;; esac
        if [ "$1" != run ]; then exec '\(MatrixProcess.executable)' "$@"; fi
        '\(MatrixProcess.executable)' "$@" --scenario '\(scenario)'
        status=$?
        # A rehearsal leaves this link to the real runs.
        reports=$(printf '%s' "$*" | sed -n 's/.*--reports \\([^ ]*\\).*/\\1/p')
        reports=${reports:-reports}
        [ ! -d "$reports" ] || ln -sfn "$(ls "$reports" | grep '^[0-9]')" "$reports/latest"
        exit $status
        """
    }

    /// A folder of one machine, empty or with the project in it.
    func folder(_ name: String, withProject: Bool = true) throws -> URL {
        let folder = root.appendingPathComponent(name)
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        if withProject { try checkOut(into: folder) }
        return folder
    }

    /// Puts the project's own files into a folder.
    func checkOut(into folder: URL) throws {
        for name in ["matrices", ".git"] {
            let source = project.url.appendingPathComponent(name)
            guard FileManager.default.fileExists(atPath: source.path) else { continue }
            try FileManager.default.copyItem(at: source, to: folder.appendingPathComponent(name))
        }
    }

    /// Runs a command as a job of the engine does.
    ///
    /// - Parameter output: a file in the folder for what it prints; nil for nowhere.
    /// - Returns: its exit status; 128 and the signal's number if a signal ended it.
    func run(_ command: [String], in folder: URL, environment: [String: String], output: String? = nil) throws -> Int32 {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        process.arguments = command
        process.currentDirectoryURL = folder
        let path = ProcessInfo.processInfo.environment["PATH"] ?? "/usr/bin:/bin"
        process.environment = ["PATH": "\(root.path)/bin:\(path)", "HOME": root.path, "CI": "true"].merging(environment) { _, new in new }
        process.standardInput = FileHandle.nullDevice
        let log = output.map { folder.appendingPathComponent($0) }
        if let log { _ = FileManager.default.createFile(atPath: log.path, contents: nil) }
        let handle = try log.map { try FileHandle(forWritingTo: $0) } ?? FileHandle.nullDevice
        process.standardOutput = handle
        process.standardError = handle
        try process.run()
        process.waitUntilExit()
        return process.terminationReason == .uncaughtSignal ? 128 + process.terminationStatus : process.terminationStatus
    }
}

/// How an engine's jobs ended.
struct EngineEnding {
    /// The status of each shard's command, in order.
    var shards: [Int32] = []
    /// The status of the command that merges.
    var merge: Int32 = -1
    /// The merged report; nil if there is none.
    var report: Report?

    /// What the engine shows for the whole: green only if every job was.
    var isGreen: Bool { merge == 0 && shards.allSatisfy { $0 == 0 } }
}

extension String {
    /// This text, or nil if it is empty.
    fileprivate var nonEmpty: String? { isEmpty ? nil : self }
}
