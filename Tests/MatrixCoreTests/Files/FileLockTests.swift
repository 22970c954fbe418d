import Foundation
import MatrixTesting
import Synchronization
import Testing

@testable import MatrixCore

@Suite struct FileLockTests {
    /// A busy machine may need minutes for a few steps of a holder.
    private static let patience = Duration.seconds(24 * 3600)

    @Test func letsOneHolderInAtATime() async throws {
        let path = NSTemporaryDirectory() + "lock-\(UUID().uuidString)"
        defer { try? FileManager.default.removeItem(atPath: path) }
        let inside = Mutex(0)
        let most = Mutex(0)
        let results = await mapConcurrently([1, 2, 3], limit: 3) { number -> Int? in
            do {
                return try await FileLock.withLock(path, within: Self.patience) {
                    let now = inside.withLock { inside in
                        inside += 1
                        return inside
                    }
                    most.withLock { $0 = max($0, now) }
                    for _ in 0..<50 { await Task.yield() }
                    inside.withLock { $0 -= 1 }
                    return number
                }
            } catch {
                Issue.record(error)
                return nil
            }
        }
        #expect(results == [1, 2, 3])
        #expect(most.withLock { $0 } == 1)
    }

    @Test func saysThatAFolderIsMissing() async throws {
        let error = await #expect(throws: InfrastructureError.self) {
            try await FileLock.withLock("/nowhere/at/all", within: Self.patience) {}
        }
        #expect(error?.next == "make its folder writable for this account")
    }

    /// A stopped process keeps its locks for ever.
    @Test func aLockThatIsNeverReleasedIsAnErrorThatNamesTheFile() async throws {
        let folder = try TemporaryFolder()
        let path = "\(folder.path)/lock"
        let told = Mutex(0)
        let error = try await FileLock.withLock(path, within: Self.patience) {
            await #expect(throws: InfrastructureError.self) {
                try await FileLock.withLock(path, within: .milliseconds(100), waiting: { told.withLock { $0 += 1 } }) {}
            }
        }
        #expect(error?.next?.contains("fuser -v \(path)") == true && error?.why == "another process has held it for 0.1s")
        #expect(told.withLock { $0 } == 1)
    }
}
