import MatrixCore
import MatrixRemote
import Testing

@Suite struct RunKeysTests {
    @Test func saysWhereItCannotWrite() async throws {
        let error = await #expect(throws: InfrastructureError.self) {
            _ = try await RunKeys.make(for: RunID("r"), in: "/dev/null/r", using: LocalTransport())
        }
        #expect(error?.isTransient == false)
        #expect(error?.what == "making the run's folder /dev/null/r")
    }
}
