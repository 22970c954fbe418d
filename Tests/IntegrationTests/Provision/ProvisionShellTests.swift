import IntegrationSupport
import MatrixCore
import MatrixRemote
import Testing

@testable import MatrixProvision
@testable import MatrixProvisionTests

/// The script as shells and shellcheck read it.
@Suite(.requires(.helperPrograms)) struct ProvisionShellTests {
    @Test(arguments: OperatingSystem.PackageManager.allCases) func isPOSIXShell(manager: OperatingSystem.PackageManager) async throws {
        let text = ProvisionScriptTests.script(manager).text
        let local = LocalTransport()
        for shell in ["dash", "bash --posix"] where try await local.run(Command(["sh", "-c", "command -v \(shell)"])).succeeded {
            let result = try await local.run(Command(shell.split(separator: " ").map(String.init) + ["-n"], input: Array(text.utf8)))
            #expect(result.succeeded, "\(result.errorOutput)")
        }
    }

    @Test(.requires(.shellcheck), arguments: OperatingSystem.PackageManager.allCases)
    func hasNoFindings(manager: OperatingSystem.PackageManager) async throws {
        let result = try await LocalTransport().run(
            Command(
                ["shellcheck", "-s", "sh", "-S", "warning", "-e", "SC2317,SC2329", "-"],
                input: Array(ProvisionScriptTests.script(manager).text.utf8)))
        #expect(result.succeeded, "\(result.output)")
    }
}
