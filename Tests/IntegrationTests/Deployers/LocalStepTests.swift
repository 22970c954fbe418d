import IntegrationSupport
import MatrixCore
import MatrixRemote
import Testing

@testable import MatrixDeployers
@testable import MatrixDeployersTests

/// Programs on the runner.
@Suite(.requires()) struct LocalStepTests {
    @Test func itGetsItsArgumentsAndEnvironment() async throws {
        let box = try Sandbox(runner: LocalTransport())
        let text = try box.write("#!/bin/sh\necho \"$SOLTI_CELL|$OWN|$1|$2|$(pwd)\" > out\n", to: "load.txt")
        // Written by another process: a child that is started meanwhile would inherit this one's open file, which then cannot be run.
        try await box.runner.require(Command(["install", "-D", "-m", "755", text, "\(box.path)/bin/load.sh"]), "install it")
        let step = box.step("local", ["bin/load.sh", "${inventory}", "two words"], name: "load it", env: ["OWN": "<${secrets.token}>"])
        let cases = try await box.run(step, in: box.context(secrets: ["token": "very secret"], scope: ["inventory": "/inv.yml"]))
        #expect(cases.map(\.outcome) == [.passed] && cases[0].name == "load it", "\(cases)")
        #expect(FileSystem.text(of: "\(box.path)/out") == "debian12-podman|<very secret>|/inv.yml|two words|\(box.path)\n")
        #expect(box.files(holding: "very secret") == ["out"])
        let script = "\(box.path)/artifacts/deploy-load_it/command.sh"
        FileSystem.remove("\(box.path)/out")
        try await box.runner.require(Command(["sh", script], environment: ["SOLTI_SECRET_TOKEN": "again"]), "run it again")
        #expect(FileSystem.text(of: "\(box.path)/out") == "debian12-podman|<again>|/inv.yml|two words|\(box.path)\n")
    }

    @Test func aBadExitStatusIsAFailure() async throws {
        let box = try Sandbox(runner: LocalTransport())
        let step = box.step("local", ["sh", "-c", "echo known-secret; echo why >&2; exit 3"])
        let cases = try await box.run(step, in: box.context(secrets: ["token": "known-secret"]))
        #expect(cases.map(\.outcome) == [.failed] && cases[0].type == "matrix.local" && cases[0].message == "exit status 3: why")
        let detail = try #require(cases[0].detail)
        #expect(
            detail.contains("artifacts/deploy-site/command.sh") && detail.contains("[redacted]\nwhy") && !detail.contains("known-secret"))
    }
}
