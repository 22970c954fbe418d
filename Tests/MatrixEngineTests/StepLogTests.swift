import Foundation
import MatrixCore
import MatrixTesting
import Synchronization
import Testing

@testable import MatrixEngine

@Suite struct StepLogTests {
    private static let key = "FIRSTLINE-aaaa\nshort1\nxy7Q\nsecondlong-bbbb"

    /// The lines of a log, as its file and as its events have them.
    private func lines(_ write: (StepLog) -> Void) throws -> [String] {
        let folder = try TemporaryFolder()
        let redactor = Redactor()
        redactor.hide(Self.key)
        redactor.hide("cmdSECRET-0123456789abcdef")
        let events = Mutex<[String]>([])
        let log = try StepLog("s", in: (folder.path, "a"), redactor: redactor) { line in events.withLock { $0.append(line) } }
        write(log)
        log.finish()
        let text = try String(contentsOfFile: "\(folder.path)/s.log", encoding: .utf8)
        let lines = text.split(separator: "\n", omittingEmptySubsequences: false).dropLast().map(String.init)
        #expect(events.withLock { $0 } == lines)
        return lines
    }

    @Test func `A secret of several lines is hidden, its short lines, too`() throws {
        let key = Self.key.split(separator: "\n").map(String.init)
        let printed = try lines { log in
            for line in ["a"] + key + ["xy7Q", "b"] { log.write(OutputLine(.standardOutput, line)) }
        }
        #expect(printed == ["a", "[redacted]", "[redacted]", "b"])
    }

    @Test func `Lines of several hosts and streams do not mix`() throws {
        let base64 = Data("user:cmdSECRET-0123456789abcdef".utf8).base64EncodedString()
        let (first, second) = (String(base64.prefix(20)), String(base64.dropFirst(20)))
        let printed = try lines { log in
            log.write(OutputLine(.standardOutput, first, label: "server"))
            log.write(OutputLine(.standardOutput, first, label: "client"))
            log.write(OutputLine(.standardError, "between", label: "server"))
            log.write(OutputLine(.standardOutput, second, label: "client"))
            log.write(OutputLine(.standardOutput, second, label: "server"))
        }
        #expect(printed.first == "[server] between" && printed.count == 3)
        #expect(printed.dropFirst().map { $0.prefix(8) } == ["[client]", "[server]"])
        #expect(printed.dropFirst().allSatisfy { $0.contains(Redactor.mark) && $0.utf8.count < 40 }, "\(printed)")
    }

    @Test func `A full disk is said once, and stops no line`() throws {
        let folder = try TemporaryFolder()
        try FileManager.default.createSymbolicLink(atPath: "\(folder.path)/s.log", withDestinationPath: "/dev/full")
        let events = Mutex<[String]>([])
        let log = try StepLog("s", in: (folder.path, "a"), redactor: Redactor()) { line in events.withLock { $0.append(line) } }
        for line in ["one", "two"] { log.write(line) }
        log.finish()
        let lines = events.withLock { $0 }
        #expect(lines.count == 3 && lines[1] == "one" && lines[2] == "two")
        #expect(lines[0].hasPrefix("this log is not complete: writing \(folder.path)/s.log: no space left on device after "), "\(lines)")
    }

    @Test func `What waits at the end is written`() throws {
        let printed = try lines { log in
            log.write("a")
            log.write("FIRSTLINE")
        }
        #expect(printed == ["a", "FIRSTLINE"])
    }
}
