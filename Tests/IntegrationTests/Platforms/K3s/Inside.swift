import MatrixCore
import MatrixRemote

@testable import MatrixPlatforms
@testable import MatrixPlatformsTests

/// Runs commands in a container, as root.
struct Inside: Transport {
    let container: String
    let runner: LocalTransport

    func run(_ command: Command, onLine: @Sendable (OutputLine) async -> Void) async throws -> CommandResult {
        var command = command
        command.arguments = ["podman", "exec", "--interactive", container] + command.arguments
        command.user = nil
        return try await runner.run(command, onLine: onLine)
    }

    func upload(_ local: String, to remote: String) async throws {}
    func download(_ remote: String, to local: String) async throws {}
    func forward(to host: String, port: Int) async throws -> Int { port }
    func commandLine(for command: Command) -> String { command.display }
    func close() async {}
}
