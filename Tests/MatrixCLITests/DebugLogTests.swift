import Logging
import MatrixCore
import MatrixTesting
import Testing

@testable import MatrixCLI

/// What `debug.log` holds.
struct DebugLogTests {
    @Test func earlyLinesAreKeptAndSecretsAreNot() throws {
        let (log, folder, redactor) = (DebugLog(), try TemporaryFolder(), Redactor())
        log.take(.debug, "command: login --token hunter22-early")
        redactor.hide("hunter22-early")
        log.open(in: folder.path, redactor: redactor)
        redactor.hide("hunter33-later")
        log.take(.debug, "command: curl -u ci:hunter33-later\u{1B}[31m https://example.org")
        log.close()
        let lines = try folder.text(DebugLog.fileName).split(separator: "\n")
        #expect(lines.count == 2)
        #expect(lines[0].hasSuffix("Z debug command: login --token [redacted]"))
        #expect(lines[1].hasSuffix("Z debug command: curl -u ci:[redacted] https://example.org"))
    }

    @Test func theFileIsBoundedAndSaysWhatIsMissing() throws {
        let limit = 1 << 20
        let (log, folder) = (DebugLog(limit: limit), try TemporaryFolder())
        log.open(in: folder.path, redactor: Redactor())
        let line = String(repeating: "x", count: 100_000)
        for _ in 0..<300 { log.take(.debug, line) }
        log.close()
        let text = try folder.text(DebugLog.fileName)
        #expect(text.utf8.count <= limit + 100)
        #expect(text.contains("more lines did not fit\n"))
        #expect(text.split(separator: "\n").allSatisfy { $0.utf8.count < 5_000 })
    }

    /// At every offset: some of them put the cut into the secret.
    @Test func aSecretAtTheCutIsHidden() throws {
        let (log, folder, redactor) = (DebugLog(), try TemporaryFolder(), Redactor())
        redactor.hide("hunter22-secret")
        log.open(in: folder.path, redactor: redactor)
        for offset in stride(from: 1_000, to: 4_200, by: 7) {
            log.take(.debug, String(repeating: "x", count: offset) + "hunter22-secret" + String(repeating: "y", count: 5_000))
        }
        log.close()
        let text = try folder.text(DebugLog.fileName)
        #expect(!text.contains("hunter") && !text.contains("secret"))
    }

    @Test func linesBeforeARunAreBounded() throws {
        let (log, folder) = (DebugLog(), try TemporaryFolder())
        for number in 0..<5_000 { log.take(.debug, "\(number)") }
        log.open(in: folder.path, redactor: Redactor())
        log.close()
        #expect(try folder.text(DebugLog.fileName).split(separator: "\n").count == 2_000)
    }
}
