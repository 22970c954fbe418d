import Foundation
import MatrixCore
import MatrixTesting
import Testing

@testable import MatrixCLI

/// Which logs `matrix logs` prints, and until when.
@Suite struct CellLogsTests {
    @Test func `A log is named by its step, its phase, its file or a glob`() {
        for name in ["web server", "deploy", "deploy-web_server", "deploy-web_server.log", "web*", "web_server"] {
            #expect(CellLogs.isNamed("deploy-web_server.log", by: name), "\(name)")
        }
        for name in ["web", "verify", "server", "create"] { #expect(!CellLogs.isNamed("deploy-web_server.log", by: name), "\(name)") }
        #expect(CellLogs.isNamed("create.log", by: "create"))
    }

    @Test func `A name means itself, else what a glob or a beginning matches`() {
        let names = ["debian12", "debian12-big", "rocky9"]
        #expect(NameChoice.matches("debian12", among: names) == ["debian12"])
        #expect(NameChoice.matches("deb", among: names) == ["debian12", "debian12-big"])
        #expect(NameChoice.matches("*9", among: names) == ["rocky9"])
        #expect(NameChoice.matches("", among: names).isEmpty && NameChoice.matches("ubuntu", among: names).isEmpty)
    }

    /// A report of one cell with a log of each phase.
    private static func report(in folder: TemporaryFolder) throws -> CellLogs {
        let artifacts = "\(folder.path)/artifacts/a"
        try FileManager.default.createDirectory(atPath: artifacts, withIntermediateDirectories: true)
        for name in ["verify-tests", "deploy-site", "create"] { try folder.put("artifacts/a/\(name).log", "of \(name)\n") }
        try folder.put("artifacts/a/facts.json", "{}")
        return CellLogs(cell: "a", report: folder.path)
    }

    @Test func `Logs come in the order of the phases, each under its name`() throws {
        let folder = try TemporaryFolder()
        let logs = try Self.report(in: folder)
        var text = ""
        let all = LogFollower(logs, step: nil) { text += $0 }
        #expect(all.step() && !all.step())
        #expect(
            text == "== create.log\nof create\n\n== deploy-site.log\nof deploy-site\n\n== verify-tests.log\nof verify-tests\n")
        text = ""
        LogFollower(logs, step: "site") { text += $0 }.step()
        #expect(text == "of deploy-site\n", "one log needs no heading")
    }

    @Test func `Following ends when the cell ends, with its last line`() async throws {
        let folder = try TemporaryFolder()
        let logs = try Self.report(in: folder)
        let file = try EventFile(in: folder.path)
        file.emit(Event(.runStarted(matrix: "m", cells: ["a"], notSelected: 0)))
        file.emit(Event(cell: "a", .output(.deploy, step: "site", host: nil, line: "x")))
        nonisolated(unsafe) var text = ""
        let follower = LogFollower(logs, step: "deploy") { text += $0 }
        // The cell ends between two looks, after its last line.
        let ended = try await follower.follow {
            if text.contains("last") {
                file.emit(Event(cell: "a", .cellFinished(.passed, message: nil)))
            } else if !text.isEmpty, let log = FileHandle(forWritingAtPath: "\(folder.path)/artifacts/a/deploy-site.log") {
                _ = try? log.seekToEnd()
                log.write(Data("last\n".utf8))
            }
            return true
        }
        #expect(ended && text == "of deploy-site\nlast\n")
    }

    @Test func `Following a run whose process died ends too`() async throws {
        let folder = try TemporaryFolder()
        let follower = LogFollower(try Self.report(in: folder), step: nil) { _ in }
        #expect(try await !follower.follow { false })
    }

    @Test func `Events are read once, also those whose line was not complete`() throws {
        let folder = try TemporaryFolder()
        let line = JSON.text(Event(cell: "a", .cellStarted)) + "\n"
        try folder.put("events.ndjson", "not json\n\(line)\(line.prefix(10))")
        let tail = EventTail(of: folder.path, skipsOutput: true)
        #expect(tail.next().count == 1 && tail.next().isEmpty)
        let handle = try #require(FileHandle(forWritingAtPath: "\(folder.path)/events.ndjson"))
        try handle.seekToEnd()
        try handle.write(
            contentsOf: Data(
                (String(line.dropFirst(10)) + JSON.text(Event(cell: "a", .output(.deploy, step: "s", host: nil, line: "l"))) + "\n").utf8))
        #expect(tail.next().count == 1, "the other is output")
        #expect(EventTail(of: "\(folder.path)/none", skipsOutput: true).next().isEmpty)
    }
}
