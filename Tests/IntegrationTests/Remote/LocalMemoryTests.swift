import Glibc
import IntegrationSupport
import MatrixRemote
import Synchronization
import Testing

@testable import MatrixCore

/// Alone in its process, whose memory is measured.
@Suite(.requires(.helperPrograms)) struct LocalMemoryTests {
    private let local = LocalTransport()

    @Test func cutsLongLinesAndKeepsMemoryFlat() async throws {
        let before = peakMemory()
        let count = Mutex(0)
        let longest = Mutex(0)
        let script = "head -c 100000000 /dev/zero | tr '\\0' x; echo; yes 0123456789012345678901234567890123456789 | head -c 100000000"
        let result = try await local.run(Command(["sh", "-c", script], outputLimit: 1000)) { line in
            count.withLock { $0 += 1 }
            longest.withLock { $0 = max($0, line.text.utf8.count) }
        }
        #expect(result.standardOutput.count == 1000)
        #expect(result.isTruncated)
        #expect(count.withLock { $0 } > 2_000_000)
        #expect(longest.withLock { $0 } < 70_000)
        #expect(peakMemory() - before < 64 << 20)
    }
}
