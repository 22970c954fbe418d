import MatrixTesting
import Testing

@testable import MatrixRemote

struct ChildEnvironmentTests {
    private let names = ["PATH", "HOME", "LC_ALL", "XDG_RUNTIME_DIR", "https_proxy", "API_TOKEN", "EDITOR"]

    @Test func everythingIsInheritedUntilSomethingIsWithheld() {
        #expect(ChildEnvironment().removed(from: names, seesSecrets: false).isEmpty)
    }

    @Test func whatIsWithheldIsRemovedExceptForSourcesOfSecrets() {
        let environment = ChildEnvironment()
        environment.withhold(["API_TOKEN", "NOT_SET"])
        #expect(environment.removed(from: names, seesSecrets: false) == ["API_TOKEN"])
        #expect(environment.removed(from: names, seesSecrets: true).isEmpty)
    }

    @Test func aCleanOneKeepsWhatProgramsNeed() {
        let environment = ChildEnvironment()
        environment.withhold(["API_TOKEN"])
        environment.clean()
        #expect(environment.removed(from: names, seesSecrets: false) == ["API_TOKEN", "EDITOR"])
        #expect(environment.removed(from: names, seesSecrets: true).isEmpty)
    }
}
