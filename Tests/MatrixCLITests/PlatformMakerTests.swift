import MatrixCore
import MatrixRemote
import MatrixTesting
import Testing

@testable import MatrixCLI
@testable import MatrixPlatforms

@Suite struct PlatformMakerTests {
    /// The only place that hides them: drivers do not.
    @Test(arguments: [("linode", ["token"]), ("proxmox", ["token", "secret"]), ("proxmox", ["login", "password"])])
    func `The credentials of a platform are hidden before its driver is made`(_ driver: String, _ path: [String]) async throws {
        let folder = try TemporaryFolder("platform-maker")
        try NewFile.write("s3cret-of-the-platform\n", to: "\(folder.path)/secret")
        let source: Value = ["file": .string("\(folder.path)/secret")]
        let option = path.dropFirst().reversed().reduce(source) { [$1: $0] }
        let options: Value = ["driver": .string(driver), path[0]: option]
        let document = Document(value: options, at: SourceLocation(file: "matrix.yml", line: 1, column: 1))
        let redactor = Redactor()
        let maker = PlatformMaker(state: try StateFolder(folder.path), redactor: redactor)
        let context = try await maker.context(PlatformSettings(name: driver, driver: driver, options: document), access: nil)
        #expect(context.secrets == [path.joined(separator: "."): "s3cret-of-the-platform"])
        #expect(redactor.redact("Bearer s3cret-of-the-platform") == "Bearer \(Redactor.mark)" && context.redactor === redactor)
    }

    @Test func `The missing secrets of all platforms and of the matrix are reported together`() async throws {
        let folder = try TemporaryFolder("plan-secrets")
        func document(_ variable: String) -> Document {
            Document(value: ["env": .string(variable)], at: SourceLocation(file: "matrix.yml", line: 1, column: 1))
        }
        func settings(_ name: String, _ variable: String) -> PlatformSettings {
            let options: Value = ["driver": .string("linode"), "token": ["env": .string(variable)]]
            let place = SourceLocation(file: "matrix.yml", line: 2, column: 1)
            return PlatformSettings(name: name, driver: "linode", options: Document(value: options, at: place))
        }
        var plan = Plan(name: "m", file: "matrix.yml", project: folder.path, axes: [], cells: [])
        plan.platforms = ["one": settings("one", "NOT_SET_ONE"), "two": settings("two", "NOT_SET_TWO")]
        plan.secrets = ["key": try #require(SecretSource(name: "key", document: document("NOT_SET_KEY"), home: nil))]
        do {
            _ = try await PlanSecrets.resolve(plan, using: LocalTransport())
            Issue.record("nothing was missing")
        } catch let error as UsageError {
            for name in ["NOT_SET_KEY", "NOT_SET_ONE", "NOT_SET_TWO"] { #expect("\(error)".contains(name), "\(error)") }
        }
    }

    @Test func `To ask one platform, no credential of another is needed`() async throws {
        let folder = try TemporaryFolder("one-platform")
        try folder.put(
            "m.yml",
            """
            version: 1
            platforms:
              podman: { driver: podman }
              linode: { driver: linode, token: { env: NOT_SET_TOKEN }, region: "${env.NOT_SET_REGION}", type: g6-nanode-1 }
            axes: { os: [debian12], platform: [podman, linode] }
            verify: [{ command: "true" }]
            """)
        let maker = PlatformMaker(state: try StateFolder("\(folder.path)/.matrix"), runner: ScriptedTransport())
        #expect(try await maker.make(asking: "\(folder.path)/m.yml", only: "podman").keys.sorted() == ["podman"])
        await #expect(throws: UsageError.self) { _ = try await maker.make(asking: "\(folder.path)/m.yml") }
        do {
            _ = try await maker.make(asking: "\(folder.path)/m.yml", only: "linode")
            Issue.record("its token is not set")
        } catch let error as UsageError {
            #expect("\(error)".contains("NOT_SET_"), "\(error)")
        }
    }
}
