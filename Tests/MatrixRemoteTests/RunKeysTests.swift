import MatrixCore
import MatrixRemote
import MatrixTesting
import Testing

@Suite struct RunKeysTests {
    @Test func saysWhereItCannotWrite() async throws {
        let error = await #expect(throws: InfrastructureError.self) {
            _ = try await RunKeys.make(for: RunID("r"), in: "/dev/null/r", using: LocalTransport())
        }
        #expect(error?.isTransient == false)
        #expect(error?.what == "making the run's folder /dev/null/r")
    }

    @Test("A folder that OpenSSH cannot name is refused, and nothing is made in it")
    func refusesVariables() async throws {
        let folder = try TemporaryFolder()
        let error = await #expect(throws: UsageError.self) {
            _ = try await RunKeys.make(for: RunID("r"), in: "\(folder.path)/${HOME}/r", using: LocalTransport())
        }
        #expect(error?.description.contains("${HOME}") == true && error?.description.contains("--state") == true)
        #expect(try folder.names.isEmpty)
    }
}
