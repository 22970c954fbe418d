import Foundation
import MatrixCore
import MatrixRemote
import Testing

#if canImport(Glibc)
import Glibc
#endif

/// What a real child sees of the variables that hold secrets.
@Suite struct InheritedEnvironmentTests {
    private func environment(_ command: Command) async throws -> String {
        try await LocalTransport().run(command).output
    }

    @Test func aChildSeesAWithheldVariableOnlyByName() async throws {
        let name = "SOLTI_TEST_WITHHELD_\(ProcessInfo.processInfo.processIdentifier)"
        setenv(name, "s3cret-value", 1)
        defer { unsetenv(name) }
        #expect(try await environment(Command(["env"])).contains("\(name)=s3cret-value"))
        ChildEnvironment.shared.withhold([name])
        #expect(try await !environment(Command(["env"])).contains(name))
        #expect(try await environment(Command(["env"], environment: [name: "given"])).contains("\(name)=given"))
        #expect(try await environment(Command(["env"], seesSecrets: true)).contains("\(name)=s3cret-value"))
    }
}
