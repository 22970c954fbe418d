import Foundation
import MatrixCore
import Testing

@testable import MatrixPlatforms

struct FileLockTests {
    @Test func letsOneHolderInAtATime() async throws {
        let path = NSTemporaryDirectory() + "lock-\(UUID().uuidString)"
        defer { try? FileManager.default.removeItem(atPath: path) }
        let inside = MutexBox(0)
        let most = MutexBox(0)
        let results = await mapConcurrently([1, 2, 3], limit: 3) { number -> Int? in
            try? await FileLock.withLock(path) {
            } _: {
                let now = inside.with { inside in
                    inside += 1
                    return inside
                }
                most.with { $0 = max($0, now) }
                for _ in 0..<50 { await Task.yield() }
                inside.with { $0 -= 1 }
                return number
            }
        }
        #expect(results == [1, 2, 3])
        #expect(most.current == 1)
    }

    @Test func saysThatAFolderIsMissing() async throws {
        let error = await #expect(throws: InfrastructureError.self) {
            try await FileLock.withLock("/nowhere/at/all", waiting: {}, {})
        }
        #expect(error?.next == "make its folder writable for this account")
    }
}
