import IntegrationSupport
import MatrixCore
import MatrixRemote
import Synchronization
import Testing

/// Alone in its process, whose memory is measured.
@Suite(.requires(.sshd, .helperPrograms)) struct SSHMemoryTests {
    @Test func keepsMemoryFlat() async throws {
        try await withTransport { transport, _ in
            let before = peakMemory()
            let bytes = Mutex(0)
            let script = "yes 0123456789012345678901234567890123456789 | head -c 50000000"
            let result = try await transport.run(Command(["sh", "-c", script], outputLimit: 1000)) { line in
                bytes.withLock { $0 += line.text.utf8.count + 1 }
            }
            #expect(result.standardOutput.count == 1000)
            // The last line is cut off without a newline.
            #expect(abs(bytes.withLock { $0 } - 50_000_000) <= 1)
            #expect(peakMemory() - before < 64 << 20)
        }
    }
}
