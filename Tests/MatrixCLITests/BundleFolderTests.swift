import Foundation
import MatrixCore
import Testing

@testable import MatrixCLI

/// What a bundle takes up, and what it says of itself.
@Suite struct BundleFolderTests {
    private let redactor = Redactor()

    @Test func `Every text is free of secrets, and every file has its purpose`() throws {
        redactor.hide("s3cret-of-a-test")
        let folder = try BundleFolder(redactor: redactor)
        try folder.add("token=s3cret-of-a-test\n", as: "files/1-m.yml", "the matrix file")
        try "{}\n".write(toFile: "\(folder.path)/requests.ndjson", atomically: true, encoding: .utf8)
        folder.name("requests.ndjson", "each request")
        folder.name("debug.log", "a file that nobody wrote")
        try folder.add(file: "/nowhere/results.json", as: "run/results.json", "no such file")
        #expect(try String(contentsOfFile: "\(folder.path)/files/1-m.yml", encoding: .utf8) == "token=\(Redactor.mark)\n")
        let lines = folder.contents.split(separator: "\n")
        #expect(lines.count == 3 && lines[1].hasPrefix("files/1-m.yml") && lines[1].hasSuffix("the matrix file"))
        #expect(lines[2].contains("3 bytes") && lines[2].hasSuffix("each request"))
    }

    @Test func `Only this account can read it, and nothing of it stays`() throws {
        var folder: BundleFolder? = try BundleFolder(redactor: redactor)
        let path = try #require(folder?.path)
        let attributes = try FileManager.default.attributesOfItem(atPath: path)
        #expect((attributes[.posixPermissions] as? NSNumber)?.intValue == 0o700)
        folder = nil
        #expect(!FileManager.default.fileExists(atPath: path))
        #expect(!FileManager.default.fileExists(atPath: Paths.absolute("\(path)/..")))
    }
}
