import Foundation
import MatrixCore
import SystemPackage

/// Prints the logs of a cell, and what is added to them until the cell ends.
final class LogFollower {
    private let logs: CellLogs
    private let wanted: String?
    private let say: (String) -> Void
    private var files: [String: FileDescriptor] = [:]
    /// The log whose lines were printed last.
    private var current: String?
    private var hasHeadings = false

    /// - Parameters:
    ///   - wanted: a step, a phase or a file; nil for all.
    ///   - say: takes text as it is in the logs.
    init(_ logs: CellLogs, step wanted: String?, say: @escaping (String) -> Void = { Terminal.write($0, to: .standardOutput) }) {
        self.logs = logs
        self.wanted = wanted
        self.say = say
    }

    deinit { for file in files.values { try? file.close() } }

    private var chosen: [CellLogs.Log] { logs.all().filter { log in wanted.map { CellLogs.isNamed(log.name, by: $0) } ?? true } }

    /// Prints what is there and was not printed yet.
    ///
    /// - Returns: whether there was anything.
    @discardableResult
    func step() -> Bool {
        let chosen = chosen
        hasHeadings = hasHeadings || chosen.count > 1 || wanted == nil
        var hasSaid = false
        for log in chosen {
            if files[log.name] == nil {
                files[log.name] = try? FileDescriptor.open(FilePath(log.path), .readOnly, options: .closeOnExec)
            }
            while let bytes = files[log.name].flatMap(Self.piece), !bytes.isEmpty {
                if hasHeadings, current != log.name { say("\(current == nil ? "" : "\n")== \(log.name)\n") }
                current = log.name
                say(String(decoding: bytes, as: UTF8.self))
                hasSaid = true
            }
        }
        return hasSaid
    }

    /// Prints until the cell ends, and all that it wrote.
    ///
    /// - Parameter isAlive: whether the run's process lives; nil if nobody can tell.
    /// - Returns: whether the cell ended; false if its process died before.
    func follow(isAlive: () -> Bool?) async throws -> Bool {
        let events = EventTail(of: logs.report, skipsOutput: true)
        var hasEnded = false
        while true {
            let isDead = isAlive() == false
            for event in events.next() { hasEnded = Self.ends(event, cell: logs.cell) ?? hasEnded }
            let hasSaid = step()
            if hasEnded { return true }
            if isDead, !hasSaid { return false }
            try await Task.sleep(for: .milliseconds(hasSaid ? 50 : 250))
        }
    }

    /// Whether an event ends the cell; nil if it is about something else.
    static func ends(_ event: Event, cell: String) -> Bool? {
        switch event.kind {
        // Another process continues the run.
        case .runStarted: false
        case .cellFinished where event.cell == cell: true
        case .runFinished: true
        default: nil
        }
    }

    private static func piece(_ file: FileDescriptor) -> [UInt8]? {
        try? [UInt8](unsafeUninitializedCapacity: 1 << 16) { buffer, count in
            count = try file.read(into: UnsafeMutableRawBufferPointer(buffer))
        }
    }
}
