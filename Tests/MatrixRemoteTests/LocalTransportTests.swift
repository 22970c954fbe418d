import MatrixCore
import MatrixRemote
import Testing

@Suite struct LocalTransportTests {
    private let local = LocalTransport()

    @Test func refusesWhatNoProcessCanHave() async throws {
        for command in [
            Command([]), Command(["echo", "a\0b"]), Command(["env"], environment: ["A B": "c"]), Command(["id"], user: "-root"),
        ] {
            let error = await #expect(throws: InfrastructureError.self) { try await local.run(command) }
            #expect(error?.type == "matrix.command.invalid")
            #expect(error?.isTransient == false)
        }
    }
}
