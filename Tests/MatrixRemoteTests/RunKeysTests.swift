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

    @Test("a folder with a line break is refused by its name, and nothing is made in it", arguments: ["a\nb", "a\u{1}b", "a\rb"])
    func refusesControlCharacters(name: String) async throws {
        let folder = try TemporaryFolder()
        let error = await #expect(throws: UsageError.self) {
            _ = try await RunKeys.make(for: RunID("r"), in: "\(folder.path)/\(name)/r", using: LocalTransport())
        }
        let text = error?.description ?? ""
        #expect(text.contains("/a\\") && text.contains("--state") && !text.contains(name), "\(text)")
        #expect(try folder.names.isEmpty)
    }

    @Test("an account without a name is told what OpenSSH lacks, not to make a folder writable")
    func accountsWithoutNames() async throws {
        let folder = try TemporaryFolder()
        let runner = ScriptedTransport()
        runner.answer("ssh-keygen", error: "No user exists for uid 54321\n", exitStatus: 255)
        runner.answer("ssh -G", error: "No user exists for uid 54321\n", exitStatus: 255)
        let made = await #expect(throws: InfrastructureError.self) {
            _ = try await RunKeys.make(for: RunID("r"), in: "\(folder.path)/r", using: runner)
        }
        let asked = await #expect(throws: InfrastructureError.self) {
            _ = try await SSHSettings.ask(["--", "pi"], of: "pi", by: runner)
        }
        for error in [made, asked] {
            #expect(error?.why == "No user exists for uid 54321")
            #expect(error?.next?.contains("/etc/passwd") == true && error?.next?.contains("writable") == false)
        }
    }
}
