import Foundation
import MatrixCore
import MatrixFile
import Testing

@Suite("Wrong matrix files")
struct InvalidFileTests {
    /// Every `fixtures/invalid-*.yml` gives exactly the diagnostics beside it; `SOLTI_UPDATE_GOLDEN=1` rewrites those.
    @Test("gives exactly its diagnostics", arguments: Fixtures.names("invalid-"))
    func diagnostics(of name: String) throws {
        let text = try #require(problems(of: name), "\(name) loads, though it is wrong")
        let expected = URL(filePath: Fixtures.folder).appending(path: name.replacing(".yml", with: ".expected"))
        if ProcessInfo.processInfo.environment["SOLTI_UPDATE_GOLDEN"] == "1" {
            try (text + "\n").write(to: expected, atomically: true, encoding: .utf8)
        }
        #expect(try text + "\n" == String(contentsOf: expected, encoding: .utf8))
    }

    @Test("there are at least twenty")
    func count() {
        #expect(Fixtures.names("invalid-").count >= 20)
    }

    private func problems(of name: String) -> String? {
        do {
            _ = try Fixtures.loader(["HOME": "/home/someone"]).load("\(Fixtures.folder)/\(name)")
            return nil
        } catch {
            return "\(error)".replacing("\(Fixtures.folder)/", with: "")
        }
    }
}
