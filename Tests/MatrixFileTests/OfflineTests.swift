import MatrixCore
import MatrixFile
import MatrixTesting
import Testing

/// A file that is only looked at: nothing of the environment is needed, and no secret of it is read.
@Suite struct OfflineTests {
    private func load(_ text: String, files: [String: String] = [:], environment: [String: String] = [:]) throws -> Plan {
        try Fixtures.inFolder(files.merging(["matrix.yml": text]) { $1 }) { folder in
            let loader = MatrixLoader(
                deployers: TestKinds.deployers, checks: TestKinds.checks, drivers: TestKinds.drivers, environment: environment,
                isOffline: true)
            return try loader.load("\(folder)/matrix.yml")
        }
    }

    @Test func aPlaceholderStandsForAVariableThatIsNotSet() throws {
        let plan = try load(
            Fixtures.matrix("vars: { x: \"${env.FAR}\" }\ndeploy: [{ shell: \"echo ${vars.x} ${env.AWAY:-here} ${env.NEAR}\" }]"),
            environment: ["NEAR": "near"])
        #expect(plan.cells.first?.deploy.first?.options["shell"]?.text == "echo ⟨FAR⟩ here near")
        #expect(plan.placeholders == ["FAR"])
        #expect(
            plan.warnings.first?.description.hasSuffix(
                "placeholders such as ⟨FAR⟩ stand for variables of the environment: FAR; matrix plan and matrix run read them") == true)
    }

    @Test(arguments: ["CI_DEPLOY_KEY", "GITHUB_TOKEN", "aws_secret_access_key", "PGPASSWORD", "GH_PAT", "SESSION_COOKIE"])
    func aVariableThatIsCalledASecretIsNotRead(_ name: String) throws {
        let plan = try load(
            Fixtures.matrix("name: \"a ${env.\(name)}\"\nvars: { x: \"${env.\(name)}\" }\ndeploy: [{ shell: \"${env.\(name)}\" }]"),
            environment: [name: "hunter2"])
        #expect(plan.name == "a ⟨\(name)⟩")
        #expect(!"\(plan)".contains("hunter2"))
    }

    @Test func whatASecretWouldBeComparedWithTellsNothing() throws {
        let plan = try load(
            Fixtures.matrix(
                "cells: [{ where: { x: \"h*\" }, vars: { y: 1 } }]",
                axes: "{ os: [debian12], platform: [podman], x: [\"${env.API_TOKEN}\", plain] }"), environment: ["API_TOKEN": "hunter2"])
        #expect(plan.cells.map(\.name) == ["debian12-podman-plain"])
        #expect(plan.warnings.contains { $0.message.hasPrefix("the value ⟨API_TOKEN⟩ is known only with the environment") })
    }

    @Test func shapesAreNotHeldAgainstPlaceholders() throws {
        let plan = try load(Fixtures.matrix("timeouts: { deploy: \"${env.LIMIT}\" }\nhosts: { web: { count: \"${env.COUNT}\" } }"))
        #expect(plan.cells.first?.hosts.count == 1)
        #expect(plan.placeholders.sorted() == ["COUNT", "LIMIT"])
    }

    @Test func aPathOfAVariableNeedsNotBeThere() throws {
        let plan = try load(
            Fixtures.matrix(
                "paths: { a: \"${env.PROJECT:-/not/here}\", b: \"${env.OTHER}/c\" }\ndeploy: [{ shell: \"${path.a} ${path.b}\" }]"))
        #expect(plan.cells.first?.deploy.first?.options["shell"]?.text?.hasPrefix("⟨PROJECT⟩ ") == true)
        #expect(throws: UsageError.self) { try load(Fixtures.matrix("paths: { a: /not/here }\ndeploy: [{ shell: \"${path.a}\" }]")) }
    }

    @Test func noPlatformIsLeftOut() throws {
        let plan = try load(
            "version: 1\naxes: { os: [debian12], platform: [pve, podman] }\nverify: [{ service: ssh }]\nplatforms:\n"
                + "  pve: { driver: proxmox, unavailable: skip, endpoint: \"${env.PVE_URL}\", node: a,\n"
                + "    token: { id: a, secret: { env: PVE_SECRET } } }\n"
        )
        #expect(plan.absent.isEmpty && plan.cells.count == 2)
        #expect(plan.platforms["pve"]?.options["endpoint"]?.text == "⟨PVE_URL⟩")
    }

    @Test func anAxisOfNothingElseNeedsADefault() {
        #expect(throws: UsageError.self) {
            try load(Fixtures.matrix(axes: "{ os: [debian12], platform: [podman], x: [\"${env.X}\"] }"))
        }
    }

    @Test func withTheEnvironmentNothingChanges() {
        #expect(
            Fixtures.problems(of: Fixtures.matrix("deploy: [{ shell: \"${env.API_TOKEN}\" }]")).contains(
                "the environment variable `API_TOKEN` is not set"))
    }
}
