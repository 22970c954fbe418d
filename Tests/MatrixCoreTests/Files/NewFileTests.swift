import Foundation
import MatrixCore
import MatrixTesting
import Testing

@Suite struct NewFileTests {
    @Test func aFileIsReplacedWithTheModeThatIsAskedFor() throws {
        try inFolder { folder in
            let path = "\(folder)/secret"
            try NewFile.write("a longer text", to: path)
            try NewFile.write("new", to: path, mode: 0o600)
            #expect(try String(contentsOfFile: path, encoding: .utf8) == "new")
            #expect(try FileManager.default.attributesOfItem(atPath: path)[.posixPermissions] as? Int == 0o600)
        }
    }

    @Test func aLinkIsReplacedAndWhatItLeadsToIsNotWrittenTo() throws {
        try inFolder { folder in
            try NewFile.write("theirs", to: "\(folder)/theirs")
            try FileManager.default.createSymbolicLink(atPath: "\(folder)/ours", withDestinationPath: "\(folder)/theirs")
            try NewFile.write("ours", to: "\(folder)/ours")
            #expect(try String(contentsOfFile: "\(folder)/theirs", encoding: .utf8) == "theirs")
            #expect(try String(contentsOfFile: "\(folder)/ours", encoding: .utf8) == "ours")
        }
    }

    @Test func theErrorNamesTheFileAndTheReasonAndNotTheText() throws {
        let error = try #require(throws: InfrastructureError.self) { try NewFile.write("hunter2", to: "/nowhere/secret") }
        #expect("\(error)".contains("/nowhere/secret") && "\(error)".contains("No such file"))
        #expect(!"\(error)".contains("hunter2"))
    }

    private func inFolder(_ body: (String) throws -> Void) throws {
        let folder = try TemporaryFolder()
        try body(folder.path)
    }
}
