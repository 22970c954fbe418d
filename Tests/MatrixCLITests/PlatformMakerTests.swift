import MatrixCore
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
}
