import Testing

@testable import MatrixPlatforms

@Suite struct RetryTests {
    private struct Trouble: Error, Equatable { var number: Int }

    @Test func worksUntilItSucceeds() async throws {
        var tries = 0
        let result = try await retrying {
            tries += 1
            if tries < 4 { throw Trouble(number: tries) }
            return tries
        } pause: { _, _ in
            .zero
        }
        #expect(result == 4)
    }

    @Test func endsWithTheLastErrorIfNoPauseIsKnown() async {
        var tries = 0
        await #expect(throws: Trouble(number: 3)) {
            try await retrying {
                tries += 1
                throw Trouble(number: tries)
            } pause: { _, attempt in
                attempt < 3 ? .zero : nil
            }
        }
    }

    @Test func cancellationIsNotRepeated() async {
        var tries = 0
        await #expect(throws: CancellationError.self) {
            try await retrying {
                tries += 1
                throw CancellationError()
            } pause: { _, _ in
                .zero
            }
        }
        #expect(tries == 1)
    }
}
