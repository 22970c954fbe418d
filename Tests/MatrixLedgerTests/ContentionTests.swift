import MatrixCore
import Testing

@testable import MatrixLedger

/// Two connections on one file.
@Suite struct ContentionTests {
    @Test func twoLedgersOnOneFileLoseNothing() async throws {
        try await withTemporaryFolder { folder in
            let ledgers = [try SQLiteLedger(state: folder), try SQLiteLedger(state: folder)]
            try await ledgers[0].begin(.sample())
            let ids = await mapConcurrently(Array(0..<200), limit: 20) { number -> LeaseID? in
                try? await ledgers[number % 2].intend(.sample("h\(number)"))
            }
            #expect(Set(ids.compactMap(\.self)).count == 200)
            #expect(try await ledgers[1].open().count == 200)
        }
    }
}
